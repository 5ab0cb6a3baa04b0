package io.upflux.server.bench.drawn;

import io.upflux.colour.TileWriter;
import io.upflux.frame.VideoFrame;
import java.util.List;

/** Frames of a scene, at any even size. */
public final class DrawnClip extends DrawnFrames {
    private final String name;
    private final Scene scene;

    private DrawnClip(String name, Scene scene, int width, int height, int frames) {
        super(width, height, frames);
        this.name = name;
        this.scene = scene;
    }

    /** Slides with cuts, slides with fades, an editor, a desktop. */
    public static List<DrawnClip> all(int width, int height, int frames) {
        return List.of(
                new DrawnClip("slides", new SlideShow(false), width, height, frames),
                new DrawnClip("slides-fading", new SlideShow(true), width, height, frames),
                new DrawnClip("screen-editor", new Editor(), width, height, frames),
                new DrawnClip("screen-desktop", new Desktop(), width, height, frames));
    }

    /** For people and tables. */
    public String name() {
        return name;
    }

    @Override
    Painter painter() {
        return this::paint;
    }

    private void paint(int index, VideoFrame frame) {
        int width = format().width();
        int height = format().height();
        Canvas canvas = new Canvas(width, height);
        scene.paint(index, canvas);
        new TileWriter(format(), 3, height)
                .write(new TileWriter.Samples(canvas.samples(), 0, width, height, 0, 0), 0, 0, width, height, frame);
    }
}
