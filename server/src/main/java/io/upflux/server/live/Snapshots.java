package io.upflux.server.live;

import io.upflux.codecs.JpegEncoder;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Single pictures of a stream, for those who ask. One is encoded only when somebody waits for it, on the thread that
 * writes the stream, and everybody who waits gets the same.
 */
public final class Snapshots {
    private final AtomicReference<Sinks.@Nullable One<Picture>> wish = new AtomicReference<>();

    /** An encoded picture, read-only. */
    public record Picture(ByteBuffer bytes) {}

    Snapshots() {}

    /** The next picture. */
    Mono<Picture> next() {
        return Mono.defer(() -> wish.updateAndGet(waiting -> waiting != null ? waiting : Sinks.one())
                .asMono());
    }

    /** A sink that looks at each frame on its way to another. */
    FrameSink watching(FrameSink sink) {
        return new Watched(sink);
    }

    private final class Watched implements FrameSink {
        private final FrameSink sink;
        private @Nullable FrameFormat format;
        private @Nullable JpegEncoder encoder;

        Watched(FrameSink sink) {
            this.sink = sink;
        }

        @Override
        public FrameFormat open(FrameFormat offered) {
            FrameFormat wanted = sink.open(offered);
            format = wanted;
            return wanted;
        }

        @Override
        public void write(VideoFrame frame) {
            Sinks.One<Picture> waiting = wish.getAndSet(null);
            if (waiting != null) {
                try {
                    waiting.tryEmitValue(new Picture(encoder().encode(frame)));
                } catch (RuntimeException e) {
                    waiting.tryEmitError(e);
                }
            }
            sink.write(frame);
        }

        @Override
        public void finish() {
            sink.finish();
        }

        @Override
        public void interrupt() {
            sink.interrupt();
        }

        @Override
        public void close() {
            JpegEncoder open = encoder;
            encoder = null;
            if (open != null) {
                open.close();
            }
            sink.close();
        }

        private JpegEncoder encoder() {
            JpegEncoder open = encoder;
            if (open == null) {
                FrameFormat known = format;
                if (known == null) {
                    throw new IllegalStateException("not opened");
                }
                open = JpegEncoder.open(known);
                encoder = open;
            }
            return open;
        }
    }
}
