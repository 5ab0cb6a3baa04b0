package io.upflux.colour;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes what a {@link TileWriter} does, large rectangles in bands at once: a GPU makes larger pictures than one thread can
 * convert. The result is the same to the bit. One thread at a time.
 */
public final class BandWriter {
    /** Samples from which on a band is worth a thread of its own: a third of a millisecond. */
    private static final int LEAST = 1 << 17;

    /** The other cores decode and encode. */
    private static final int OTHERS = 2;

    /** No chroma is subsampled by more. */
    private static final int STEP = 4;

    private final List<TileWriter> writers;

    /**
     * Otherwise as of {@link TileWriter#TileWriter}.
     *
     * @param idle whether cores are free for bands, as where a GPU computes; else all is the calling thread's
     */
    public BandWriter(FrameFormat format, int channels, int matrixHeight, boolean idle) {
        this(format, channels, matrixHeight, idle ? Runtime.getRuntime().availableProcessors() - OTHERS : 1);
    }

    BandWriter(FrameFormat format, int channels, int matrixHeight, int most) {
        this.writers = Stream.generate(() -> new TileWriter(format, channels, matrixHeight))
                .limit(Math.max(1, most))
                .toList();
    }

    /** As {@link TileWriter#write}. */
    public void write(TileWriter.Samples tile, int x, int y, int width, int height, VideoFrame frame) {
        int bands = (int) Math.min(writers.size(), (long) width * height / LEAST);
        if (bands < 2) {
            writers.get(0).write(tile, x, y, width, height, frame);
            return;
        }
        int rows = ((height + bands - 1) / bands + STEP - 1) / STEP * STEP;
        IntStream.range(0, bands)
                .parallel()
                .forEach(band -> writers.get(band)
                        .write(tile, x, y + band * rows, width, Math.min(rows, height - band * rows), frame));
    }
}
