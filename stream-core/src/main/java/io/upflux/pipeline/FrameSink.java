package io.upflux.pipeline;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;

/**
 * Where frames go: an encoder and a container, or anything that consumes pictures. Called from one thread at a time,
 * which may block in it.
 */
public interface FrameSink extends AutoCloseable {
    /**
     * Prepares for frames and says in which format it wants them. Called once, before {@link #write}.
     *
     * @param offered what the pipeline would produce: the source's layout and colour at the upscaled size
     * @return the same size, with the layout and colour this sink wants; the pipeline converts
     * @throws StreamException when it cannot take such frames at all
     */
    FrameFormat open(FrameFormat offered);

    /** Consumes one frame and takes over its ownership, also when it throws. */
    void write(VideoFrame frame);

    /** Everything was written: flush, and make the result appear under its name. Called at most once. */
    void finish();

    /** Makes blocking native work return soon, with an error. Callable from any thread, any number of times. */
    void interrupt();

    /** Frees native state; without {@link #finish()} before it, nothing of the result stays. Idempotent. */
    @Override
    void close();
}
