package io.upflux.server.bench.drawn;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import java.util.List;
import reactor.core.publisher.Flux;

/** Frames of a scene as 8-bit 4:2:0 of BT.709, at any even size. */
public final class DrawnClip implements FrameSource {
    private final String name;
    private final Scene scene;
    private final FrameFormat format;
    private final int frames;

    private DrawnClip(String name, Scene scene, int width, int height, int frames) {
        this.name = name;
        this.scene = scene;
        this.frames = frames;
        this.format = new FrameFormat(
                width,
                height,
                PixelLayout.YUV420P,
                new ColourSpec(
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.Range.LIMITED,
                        ColourSpec.ChromaSiting.LEFT),
                Rational.ONE,
                new Rational(1, Scene.FRAME_RATE),
                new Rational(Scene.FRAME_RATE, 1));
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
    public FrameFormat format() {
        return format;
    }

    @Override
    public long estimatedFrames() {
        return frames;
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.generate(() -> 0, (index, sink) -> {
            if (index == frames) {
                sink.complete();
                return index;
            }
            sink.next(draw(index, scope));
            return index + 1;
        });
    }

    private VideoFrame draw(int index, NativeScope scope) {
        int width = format.width();
        int height = format.height();
        Canvas canvas = new Canvas(width, height);
        scene.paint(index, canvas);
        VideoFrame frame = scope.frame(format, index, 1);
        new TileWriter(format, 3, height)
                .write(new TileWriter.Samples(canvas.samples(), 0, width, height, 0, 0), 0, 0, width, height, frame);
        return frame;
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
