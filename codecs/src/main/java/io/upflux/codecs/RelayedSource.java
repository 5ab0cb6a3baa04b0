package io.upflux.codecs;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.relay.RelayReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A source that another process decodes by {@link MediaRelay}: the same pictures at the same times, and its best sound track.
 * Nothing of what strangers made is decoded here; of sound that is copied, containers read what they must.
 */
public final class RelayedSource extends LiveInput {
    private final Sender sender;
    private final RelayReader reader;
    private boolean companion;
    private boolean closed;

    private RelayedSource(Sender sender, RelayReader reader) {
        this.sender = sender;
        this.reader = reader;
    }

    /** The process that decodes. */
    public interface Sender extends AutoCloseable {
        /** What it sends; reading waits for more. */
        InputStream output();

        /** Why it broke off. Called once {@link #output} has ended too early; may wait until the process has ended. */
        StreamException failure();

        /** Makes what it sends end soon. Any thread. */
        void interrupt();

        /** Ends it, and waits for that. */
        @Override
        void close();
    }

    /**
     * Waits for the first picture.
     *
     * @param name for messages
     * @param sender closed with the source, and when this fails
     * @param limits of what is taken
     * @throws StreamException when there is nothing to decode, or the sender breaks off, in one line that says why
     */
    public static RelayedSource open(String name, Sender sender, InputLimits limits, Notices notices) {
        try {
            return new RelayedSource(sender, new RelayReader(name, sender.output(), limits, notices));
        } catch (IOException e) {
            StreamException failure = sender.failure();
            sender.close();
            throw failure;
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
    }

    @Override
    public FrameFormat format() {
        return reader.format();
    }

    @Override
    public long estimatedFrames() {
        return reader.frames();
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.generate(out -> {
            if (!companion) {
                reader.carriage().abandon();
            }
            VideoFrame frame = next(scope);
            if (frame == null) {
                out.complete();
            } else {
                out.next(frame);
            }
        });
    }

    @Override
    public void interrupt() {
        sender.interrupt();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            sender.close();
            reader.close();
        }
    }

    @Override
    Carriage sharedCarriage() {
        if (companion) {
            return reader.carriage().share();
        }
        companion = true;
        return reader.carriage();
    }

    private @Nullable VideoFrame next(NativeScope scope) {
        try {
            return reader.next(scope);
        } catch (IOException e) {
            throw sender.failure();
        }
    }
}
