package io.upflux.codecs.javacv;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;

/** Fills a packed picture from planes, strip by strip, by the colour reading that networks are fed by. */
final class PackedRows {
    /** Lines a strip; a multiple of every chroma subsampling. */
    private static final int STRIP = 16;

    private final PackedPicture target;
    private final PixelLayout layout;
    private final int colours;
    private final TileReader reader;
    private final FloatBuffer strip;
    private final int[] packed;

    PackedRows(FrameFormat source, PackedPicture target) {
        this.target = target;
        layout = source.layout();
        colours = target.channels() == 1 ? 1 : 3;
        reader = new TileReader(source, colours);
        strip = FloatBuffer.allocate(colours * STRIP * source.width());
        packed = new int[source.width() * target.channels()];
    }

    void copyFrom(VideoFrame frame) {
        for (int top = 0; top < target.height(); top += STRIP) {
            int lines = Math.min(STRIP, target.height() - top);
            reader.read(frame, 0, top, target.width(), lines, strip, 0);
            for (int line = 0; line < lines; line++) {
                for (int c = 0; c < colours; c++) {
                    packColour((c * lines + line) * target.width(), target.channel(c));
                }
                if (layout.alpha()) {
                    packAlpha(frame.plane(layout.colourPlanes()), top + line);
                }
                target.writeRow(top + line, packed);
            }
        }
    }

    private void packColour(int from, int channel) {
        int max = max();
        for (int x = 0, to = channel; x < target.width(); x++, to += target.channels()) {
            packed[to] = Math.min(Math.max((int) (strip.get(from + x) * max + 0.5f), 0), max);
        }
    }

    /** Full range by definition. */
    private void packAlpha(Plane plane, int y) {
        int max = max();
        int sourceMax = layout.maxValue();
        int row = y * plane.stride();
        for (int x = 0, to = target.channel(3); x < target.width(); x++, to += target.channels()) {
            int code = layout.bytesPerSample() == 1
                    ? plane.data().get(row + x) & 0xff
                    : plane.data().getShort(row + 2 * x) & 0xffff;
            packed[to] = (int) (((long) code * max + sourceMax / 2) / sourceMax);
        }
    }

    private int max() {
        return (1 << target.depth()) - 1;
    }
}
