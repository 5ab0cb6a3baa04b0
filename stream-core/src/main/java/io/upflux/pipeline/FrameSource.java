package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import reactor.core.publisher.Flux;

/** Where frames come from: a file, a stream, a still picture. One use, one pipeline. */
public interface FrameSource extends AutoCloseable {
    /** Format of every frame this source will emit, known before the first one. */
    FrameFormat format();

    /** How many frames there will be, as far as the container says; 0 when unknown. For progress only. */
    long estimatedFrames();

    /**
     * The frames in presentation order, produced one per request on the subscribing thread, which may block in native
     * code and so must be one of its own (the pipeline subscribes on its decode thread). Emitted frames belong to the
     * subscriber and to {@code scope}.
     *
     * <p>Errors with {@link StreamException}. Completing or cancelling does not free native state; {@link #close()}
     * does.
     */
    Flux<VideoFrame> frames(NativeScope scope);

    /** Makes blocking native work return soon, with an error. Callable from any thread, any number of times. */
    void interrupt();

    /** Frees native state. Called once no thread is inside {@link #frames} any more; idempotent. */
    @Override
    void close();
}
