package io.upflux.server.http;

import io.upflux.server.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses that show one stream to whoever has them, until they expire: the stream's path and the time are signed. */
final class Links {
    static final String EXPIRES = "expires";
    static final String SIGNATURE = "signature";

    private static final Pattern PLAYING = Pattern.compile("/live/([^/]+?)(?:\\.ts|\\.mp4|(?:/[^/]+){1,2})");
    private static final Pattern WATCHING = Pattern.compile("/api/(?:ws|preview|frame\\.jpeg|stream\\.mjpeg)");

    private final Clock clock;
    private volatile @Nullable Secret secret;

    /** @param secret null when there are no links */
    Links(@Nullable Secret secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /** From now on, links are signed so, and others are worth nothing. */
    void become(@Nullable Secret other) {
        secret = other;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * Parameters that open a stream's addresses until then.
     *
     * @throws Problem when there are no links
     */
    String parameters(String stream, Instant expires) {
        Secret key = secret;
        if (key == null) {
            throw Problem.conflict("there are no links: the configuration has no linkSecret to sign them");
        }
        String time = Long.toString(expires.getEpochSecond());
        return EXPIRES + "=" + time + "&" + SIGNATURE + "=" + sign(key, stream, time);
    }

    /** Whether a request that was let in shows a link. */
    boolean shown(Map<String, List<String>> query) {
        return secret != null && single(query, SIGNATURE) != null && single(query, EXPIRES) != null;
    }

    /**
     * Whether a request shows a link to the very stream it asks for.
     *
     * @throws Problem when it shows one that is wrong, or too old
     */
    boolean open(String path, Map<String, List<String>> query) {
        String stream = stream(path, query);
        String signature = single(query, SIGNATURE);
        String expires = single(query, EXPIRES);
        Secret key = secret;
        if (key == null || stream == null || signature == null || expires == null) {
            return false;
        }
        byte[] expected = sign(key, stream, expires).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8))) {
            throw Problem.unauthorized("this link is not signed for this stream");
        }
        if (now().getEpochSecond() >= Long.parseLong(expires)) {
            throw Problem.unauthorized("this link has expired");
        }
        return true;
    }

    private static @Nullable String stream(String path, Map<String, List<String>> query) {
        Matcher playing = PLAYING.matcher(path);
        if (playing.matches()) {
            return playing.group(1);
        }
        String source = WATCHING.matcher(path).matches() ? single(query, "src") : null;
        // A rendition is its stream's.
        return source == null ? null : source.replaceFirst("/.*", "");
    }

    private static @Nullable String single(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.size() == 1 ? values.get(0) : null;
    }

    private static String sign(Secret key, String stream, String expires) {
        return key.sign("/live/" + stream + "\n" + expires);
    }
}
