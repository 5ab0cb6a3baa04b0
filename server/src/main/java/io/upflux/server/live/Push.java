package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends a stream to another server, and connects again when that fails. */
final class Push extends Output {
    /** A second or two of video: who falls behind further goes on at the next key frame. */
    private static final long WAITING_BYTES = 8L << 20;

    private static final Pattern TS_URL = Pattern.compile("(?:srt|udp|tcp):.*", Pattern.CASE_INSENSITIVE);

    private final String url;

    Push(String stream, String url, FragmentWindow window) {
        super(stream + " to " + host(url), window, TS_URL.matcher(url).matches() ? Form.TS : Form.MP4, WAITING_BYTES);
        this.url = url;
    }

    @Override
    void work(Following fragments) {
        @Nullable Fragment first = key(fragments);
        while (first != null) {
            Movie movie = movie(first, fragments, fragment -> true);
            copy(movie, url, null);
            first = movie.next();
        }
    }

    /** Without what surrounds the host, which is often a key. */
    private static String host(String url) {
        return url.replaceFirst("^([^:]+://)(?:[^/@]*@)?([^/?]*).*", "$1$2");
    }
}
