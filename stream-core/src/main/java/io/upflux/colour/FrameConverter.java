package io.upflux.colour;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;

/**
 * Converts the colour planes of whole frames to another layout, depth, range or matrix of the same size, in strips, so
 * that no full-size float picture exists. Alpha is left alone. One thread at a time.
 */
public final class FrameConverter {
    private static final int STRIP = 64;

    /** Rows around a strip that its chroma weighs; a multiple of every chroma subsampling. */
    private static final int MARGIN = 4;

    private final FrameFormat from;
    private final TileReader reader;
    private final TileWriter writer;
    private final FloatBuffer samples;

    /**
     * @param from format read; states its matrix
     * @param to format written, of the same size
     * @param matrixHeight height by which an unstated matrix of {@code to} is chosen
     */
    public FrameConverter(FrameFormat from, FrameFormat to, int matrixHeight) {
        this.from = from;
        this.reader = new TileReader(from, 3);
        this.writer = new TileWriter(to, 3, matrixHeight);
        this.samples =
                FloatBuffer.allocate(Math.multiplyExact(3 * from.width(), Math.min(from.height(), STRIP + 2 * MARGIN)));
    }

    /** Fills the colour planes of {@code target}; both frames stay their owners'. */
    public void convert(VideoFrame source, VideoFrame target) {
        int width = from.width();
        for (int y = 0; y < from.height(); y += STRIP) {
            int top = Math.max(0, y - MARGIN);
            int rows = Math.min(from.height(), y + STRIP + MARGIN) - top;
            reader.read(source, 0, top, width, rows, samples, 0);
            writer.write(new TileWriter.Samples(samples, 0, width, rows, 0, top), 0, y, width, STRIP, target);
        }
    }
}
