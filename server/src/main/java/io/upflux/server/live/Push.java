package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends a stream to another server, and connects again when that fails. */
final class Push extends Output {
    /** A second or two of video: who falls behind further goes on at the next key frame. */
    private static final long WAITING_BYTES = 8L << 20;

    /** A connection that lasted so long was one. */
    private static final Duration LASTING = Duration.ofSeconds(10);

    private static final Pattern TS_URL = Pattern.compile("(?:srt|udp|tcp):.*", Pattern.CASE_INSENSITIVE);

    private final String url;

    Push(String stream, String url, FragmentWindow window) {
        super(stream + " to " + shown(url), window, TS_URL.matcher(url).matches() ? Form.TS : Form.MP4, WAITING_BYTES);
        this.url = url;
    }

    @Override
    void work() throws InterruptedException {
        Backoff backoff = new Backoff();
        boolean more = true;
        while (more && !isStopped()) {
            long start = System.nanoTime();
            try (Following fragments = follow()) {
                more = send(fragments);
            } catch (StreamException e) {
                if (isStopped()) {
                    return;
                }
                failed(String.valueOf(e.getMessage()));
                if (System.nanoTime() - start > LASTING.toNanos()) {
                    backoff.reset();
                }
                Duration pause = backoff.pause();
                LOG.warn("{}; trying again in {} s", error(), pause.toMillis() / 1000.0);
                pause(pause);
            }
        }
    }

    /** @return false when the stream has ended */
    private boolean send(Following fragments) {
        @Nullable Fragment first = key(fragments);
        while (first != null) {
            Movie movie = movie(first, fragments, fragment -> true);
            copy(movie, url, null);
            first = movie.next();
        }
        return false;
    }

    /** Without what surrounds the host, which is often a key. */
    private static String shown(String url) {
        return url.replaceFirst("^([^:]+://)(?:[^/@]*@)?([^/?]*).*", "$1$2");
    }
}
