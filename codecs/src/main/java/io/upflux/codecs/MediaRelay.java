package io.upflux.codecs;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.relay.RelayWriter;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.function.Function;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.swscale;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Decodes a source for another process, whose {@link RelayedSource} takes it from a channel at its own pace. */
public final class MediaRelay {
    private static final Duration BEAT = Duration.ofSeconds(1);

    private MediaRelay() {}

    /** Loads what sending takes, so that it begins sooner once there is a source. */
    public static void prepare() {
        avformat.avformat_version();
        avfilter.avfilter_version();
        swscale.swscale_version();
    }

    /**
     * Sends all of a source, or why it cannot be read. Blocks until its end, or until nobody takes it any more.
     *
     * @param opener opens it, with notices that are sent, too; it is closed by this
     */
    public static void send(Function<Notices, MediaSource> opener, WritableByteChannel out) {
        try (RelayWriter writer = new RelayWriter(out)) {
            try (MediaSource source = opener.apply(writer.notices())) {
                send(source, writer);
            } catch (StreamException e) {
                writer.failure(String.valueOf(e.getMessage()));
            }
        } catch (UncheckedIOException e) {
            // Nobody takes it any more.
        }
    }

    private static void send(MediaSource source, RelayWriter writer) {
        writer.begin(source.format(), source.estimatedFrames(), source.sharedCarriage());
        long[] read = {0};
        Disposable beat = Flux.interval(BEAT).subscribe(tick -> {
            long packets = source.packets();
            if (packets != read[0]) {
                read[0] = packets;
                beat(writer);
            }
        });
        try (NativeScope scope = new NativeScope()) {
            source.frames(scope).doOnNext(frame -> send(frame, writer)).blockLast();
            writer.end();
        } finally {
            beat.dispose();
        }
    }

    private static void send(VideoFrame frame, RelayWriter writer) {
        try (frame) {
            writer.picture(frame);
        }
    }

    private static void beat(RelayWriter writer) {
        try {
            writer.alive();
        } catch (UncheckedIOException e) {
            // The next picture finds that out, too.
        }
    }
}
