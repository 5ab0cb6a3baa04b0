package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.StreamException;
import io.upflux.server.bench.Usage.Span;

/** The stages that need no resolver, with the machine to themselves. */
final class Alone {
    private Alone() {}

    /**
     * @param frames measured
     * @param span for all of them
     */
    record Measured(long frames, Span span) {
        double cpuSecondsPerFrame() {
            return span.cpuSeconds() / frames;
        }
    }

    /**
     * Decodes a whole source, and closes it.
     *
     * @param kept receives copies of the first {@code most} frames
     * @throws StreamException when there are no frames
     */
    static Measured decode(FrameSource opened, KeptFrames kept, int most) {
        long[] frames = new long[1];
        try (FrameSource source = opened;
                NativeScope scope = new NativeScope()) {
            Span span = Usage.of(() -> source.frames(scope)
                    .doOnNext(frame -> {
                        if (frames[0]++ < most) {
                            kept.keep(frame);
                        }
                        frame.close();
                    })
                    .blockLast());
            if (frames[0] == 0) {
                throw new StreamException("the input has no frames to measure with");
            }
            return new Measured(frames[0], span);
        }
    }

    /** Encodes kept pictures, over and over, and closes the sink. */
    static Measured encode(FrameSink opened, FrameFormat offered, KeptFrames pictures, int frames) {
        double[] copying = new double[1];
        try (FrameSink sink = opened;
                NativeScope scope = new NativeScope()) {
            sink.open(offered);
            long ticks = Math.max(1, pictures.at(1).pts() - pictures.at(0).pts());
            Span span = Usage.of(() -> {
                for (int i = 0; i < frames; i++) {
                    double start = Usage.threadSeconds();
                    VideoFrame frame = pictures.copyAt(i, scope, i * ticks, ticks);
                    copying[0] += Usage.threadSeconds() - start;
                    sink.write(frame);
                }
                sink.finish();
            });
            return new Measured(frames, span.minusCpu(copying[0]));
        }
    }
}
