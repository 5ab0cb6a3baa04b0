package io.upflux.server.config;

import io.upflux.codecs.LiveOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Device;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the keys of a stream mean: its own above those of all streams. */
final class StreamSettings {
    static final Set<String> KEYS = Set.of(
            "source",
            "model",
            "scale",
            "device",
            "threads",
            "reuse",
            "governor",
            "latency",
            "videoCodec",
            "crf",
            "bitrate",
            "height",
            "segment",
            "part",
            "onDemand",
            "closeAfter");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Enough for what is under way in a pipeline that keeps up, little beside what players keep. */
    private static final Duration LATENCY = Duration.ofMillis(500);

    private final Settings own;
    private final @Nullable Settings defaults;

    /** @param defaults of all streams; null for none */
    StreamSettings(Settings own, @Nullable Settings defaults) {
        this.own = own;
        this.defaults = defaults;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Refuses keys that no stream has, also where there is no stream yet. */
    static void check(Settings defaults) {
        KEYS.forEach(defaults::text);
        defaults.texts("sourceOptions");
        defaults.texts("encoderOptions");
        defaults.end();
    }

    StreamConfig read(String name) {
        String source = own.text("source");
        if (source == null || source.isBlank()) {
            throw own.wrong("source", "is missing: a file or URL to read from");
        }
        Device device = checked("device", () -> {
            String text = get(settings -> settings.text("device"));
            return text == null ? Device.AUTO : Device.parse(text);
        });
        int threads = Objects.requireNonNullElse(get(settings -> settings.integer("threads", 0, 1024)), 0);
        OutputOptions encoding = encoding(threads);
        LiveOptions usual = LiveOptions.defaults();
        Duration segment = Objects.requireNonNullElse(get(settings -> settings.duration("segment")), usual.segment());
        Duration part = Objects.requireNonNullElse(get(settings -> settings.duration("part")), usual.part());
        StreamConfig config = new StreamConfig(
                name,
                source,
                texts("sourceOptions"),
                get(settings -> settings.text("model")),
                get(settings -> settings.integer("scale", 1, 8)),
                device,
                threads,
                reuse(),
                Objects.requireNonNullElse(get(settings -> settings.flag("governor")), true),
                Objects.requireNonNullElse(get(settings -> settings.duration("latency")), LATENCY),
                checked("part", () -> usual.withEncoding(encoding).withCuts(segment, part)),
                Objects.requireNonNullElse(get(settings -> settings.flag("onDemand")), false),
                Objects.requireNonNullElse(get(settings -> settings.duration("closeAfter")), Duration.ofSeconds(10)),
                own.tree(),
                false);
        own.end();
        if (config.isPublished() && config.onDemand()) {
            throw own.wrong("onDemand", "has no meaning for what is sent to the server: it runs while somebody sends");
        }
        return config;
    }

    private OutputOptions encoding(int threads) {
        return checked(
                "crf",
                () -> new OutputOptions(
                        get(settings -> settings.text("videoCodec")),
                        texts("encoderOptions"),
                        get(settings -> settings.integer("crf", 0, 63)),
                        get(settings -> settings.bitrate("bitrate")),
                        get(settings -> settings.integer("height", 16, 16384)),
                        false,
                        null,
                        threads));
    }

    private ReuseMode reuse() {
        String text = get(settings -> settings.text("reuse"));
        try {
            // YAML reads a bare off as false.
            return text == null ? ReuseMode.NEAR : ReuseMode.parse(text.equals("false") ? "off" : text);
        } catch (IllegalArgumentException e) {
            throw own.wrong("reuse", String.valueOf(e.getMessage()));
        }
    }

    /** Gives the message of a rule that lies elsewhere the name of the key. */
    private <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (StreamException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(": ") && message.contains(key + ":") ? e : own.wrong(key, message);
        }
    }

    private <T> @Nullable T get(Function<Settings, @Nullable T> key) {
        T value = key.apply(own);
        return value != null || defaults == null ? value : key.apply(defaults);
    }

    private Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (defaults != null) {
            texts.putAll(defaults.texts(key));
        }
        texts.putAll(own.texts(key));
        return texts;
    }
}
