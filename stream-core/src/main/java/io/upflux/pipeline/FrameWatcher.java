package io.upflux.pipeline;

import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees each upscaled picture beside the one it was made from, and what became of its windows: frame by frame in order, on
 * the sink's thread, before the frame is written. What it throws ends the run.
 */
public interface FrameWatcher extends AutoCloseable {
    /** Looks away. */
    FrameWatcher NONE = new FrameWatcher() {
        @Override
        public void seen(VideoFrame source, VideoFrame upscaled, ReuseMap reuse, @Nullable HaltingMap halting) {}

        @Override
        public void close() {}
    };

    /**
     * @param source as decoded; the pipeline's, retained by whoever keeps it
     * @param upscaled of the same time stamp; the pipeline's, retained by whoever keeps it
     * @param halting null where the network does not halt
     */
    void seen(VideoFrame source, VideoFrame upscaled, ReuseMap reuse, @Nullable HaltingMap halting);

    /** Returns when it keeps no frame any more: their memory is freed next. Idempotent. */
    @Override
    void close();
}
