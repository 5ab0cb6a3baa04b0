package io.upflux.server.config;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How streams are made that nobody has listed, for those who send or watch them: {@code all_others}, as MediaMTX calls it.
 *
 * @param stream what they are like, {@code $name} where their names go
 * @param most how many there may be at a time
 */
public record StreamTemplate(StreamConfig stream, int most) {
    /** Where streams have their names. */
    static final String KEY = "all_others";

    private static final String NAME = "$name";
    private static final int USUAL_MOST = 8;

    /** Scheme and host of a URL, as FFmpeg divides it: with two slashes, one or none between them; or the host of a URL within. */
    private static final Pattern HOST = Pattern.compile("(?:^[^:/?#]*:/{0,2}|//)[^/?#]*");

    static StreamTemplate read(Settings own, @Nullable Settings defaults, LimitsConfig limits) {
        Integer most = own.integer("maxStreams", 1, 10_000);
        StreamConfig stream = new StreamSettings(own, defaults, limits).read(KEY);
        if (stream.listen()) {
            throw own.wrong("listen", "one port takes one stream: those that come by ports of their own are listed");
        }
        if (!stream.isPublished()) {
            if (!stream.onDemand()) {
                throw own.wrong("onDemand", "must be true: what is not sent here is opened for those who watch it");
            }
            checkNamed(own, "source", List.of(stream.source()));
        }
        checkNamed(own, "push", stream.push());
        return new StreamTemplate(stream, Objects.requireNonNullElse(most, USUAL_MOST));
    }

    /** All streams are made from these, and whoever asks says the name, so that has to divide them, and not to lead elsewhere. */
    private static void checkNamed(Settings own, String key, List<String> addresses) {
        for (String address : addresses) {
            if (!address.contains(NAME)) {
                throw own.wrong(key, "must say $name, which stands for a stream's name, or it were the same for all");
            }
            if (HOST.matcher(address).results().anyMatch(host -> host.group().contains(NAME))) {
                throw own.wrong(key, "can say $name behind the host only, or whoever asks would choose the host");
            }
        }
    }

    /** Whether there may be one of that name. */
    public boolean covers(String name) {
        return StreamSettings.isName(name) && !name.equals(KEY);
    }

    /** Whether they are made for those who send them, instead of those who watch. */
    public boolean isPublished() {
        return stream.isPublished();
    }

    /** The one of a name that this {@linkplain #covers covers}. */
    public StreamConfig of(String name) {
        return stream.named(name, NAME);
    }
}
