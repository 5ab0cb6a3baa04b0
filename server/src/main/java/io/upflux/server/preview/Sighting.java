package io.upflux.server.preview;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import org.jspecify.annotations.Nullable;

/**
 * A frame before and after, kept for a look.
 *
 * @param source owned
 * @param upscaled owned
 * @param halting null where the network does not halt
 * @param frame its number
 */
record Sighting(
        VideoFrame source,
        VideoFrame upscaled,
        ReuseMap reuse,
        @Nullable HaltingMap halting,
        long frame) implements AutoCloseable {
    /** Retains both frames. */
    static Sighting of(
            VideoFrame source, VideoFrame upscaled, ReuseMap reuse, @Nullable HaltingMap halting, long frame) {
        return new Sighting(source.retain(), upscaled.retain(), reuse, halting, frame);
    }

    int scale() {
        return upscaled.format().width() / source.format().width();
    }

    FrameFormat format() {
        return upscaled.format();
    }

    @Override
    public void close() {
        source.close();
        upscaled.close();
    }
}
