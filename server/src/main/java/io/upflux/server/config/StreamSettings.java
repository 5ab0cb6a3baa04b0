package io.upflux.server.config;

import io.upflux.codecs.LiveOptions;
import io.upflux.codecs.LiveSound;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the keys of a stream mean: its own above those of all streams. */
final class StreamSettings {
    static final Set<String> KEYS = Set.of(
            "source",
            "listen",
            "model",
            "scale",
            "isolation",
            "hwaccel",
            "device",
            "threads",
            "reuse",
            "halting",
            "guard",
            "governor",
            "latency",
            "videoCodec",
            "crf",
            "bitrate",
            "height",
            "sound",
            "segment",
            "part",
            "onDemand",
            "closeAfter");

    /** Enough for what is under way in a pipeline that keeps up, little beside what players keep. */
    private static final Duration LATENCY = Duration.ofMillis(500);

    /** What makes FFmpeg's protocols wait for a peer, and give up one who connects and sends nothing. */
    private static final Map<String, Map<String, String>> LISTEN = Map.of(
            "rtmp", Map.of("listen", "1", "rw_timeout", "10000000"),
            "srt", Map.of("mode", "listener"),
            "tcp", Map.of("listen", "1", "rw_timeout", "10000000"));

    private static final Pattern PUSH = Pattern.compile("(?i)(rtmps?|srt|udp|tcp|rtsp)://[^\\s/?]+\\S*");

    /** What {@link #isName} wants, for people. */
    static final String NAMED = "up to 64 letters, digits, dots, dashes and underscores";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Settings own;
    private final @Nullable Settings defaults;
    private final LimitsConfig limits;

    /**
     * @param defaults of all streams; null for none
     * @param limits of all sources
     */
    StreamSettings(Settings own, @Nullable Settings defaults, LimitsConfig limits) {
        this.own = own;
        this.defaults = defaults;
        this.limits = limits;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Refuses keys that no stream has, also where there is no stream yet. */
    static void check(Settings defaults) {
        KEYS.forEach(defaults::text);
        defaults.mappings("models").forEach(ModelRule::read);
        defaults.texts("sourceOptions");
        defaults.texts("encoderOptions");
        defaults.end();
    }

    StreamConfig read(String name) {
        String source = own.text("source");
        if (source == null || source.isBlank()) {
            throw own.wrong("source", "is missing: a file or URL to read from");
        }
        Device device = own.checked("device", () -> {
            String text = get(settings -> settings.text("device"));
            return text == null ? Device.AUTO : Device.parse(text);
        });
        int threads = Objects.requireNonNullElse(get(settings -> settings.integer("threads", 0, 1024)), 0);
        OutputOptions encoding = encoding(threads);
        LiveOptions usual = LiveOptions.defaults();
        Duration segment = Objects.requireNonNullElse(get(settings -> settings.duration("segment")), usual.segment());
        Duration part = Objects.requireNonNullElse(get(settings -> settings.duration("part")), usual.part());
        boolean listen = Objects.requireNonNullElse(own.flag("listen"), false);
        LiveSound sound = sound();
        LiveOptions live = own.checked(
                "part",
                () -> usual.withEncoding(encoding).withCuts(segment, part).withSound(sound));
        StreamConfig config = new StreamConfig(
                name,
                source,
                listen,
                listen ? listening(source) : texts("sourceOptions"),
                get(settings -> settings.text("model")),
                get(settings -> settings.integer("scale", 1, 8)),
                models(),
                isolation(),
                get(settings -> settings.text("hwaccel")),
                limits,
                device,
                threads,
                reuse(),
                halting(),
                Objects.requireNonNullElse(get(settings -> settings.flag("guard")), true),
                Objects.requireNonNullElse(get(settings -> settings.flag("governor")), true),
                Objects.requireNonNullElse(get(settings -> settings.duration("latency")), LATENCY),
                live,
                renditions(live),
                Objects.requireNonNullElse(get(settings -> settings.flag("onDemand")), false),
                Objects.requireNonNullElse(get(settings -> settings.duration("closeAfter")), Duration.ofSeconds(10)),
                push(),
                record(),
                own.tree(),
                false,
                false);
        own.end();
        if ((config.isPublished() || listen) && config.onDemand()) {
            throw own.wrong("onDemand", "has no meaning for what is sent to the server: it runs while somebody sends");
        }
        return config;
    }

    private List<ModelRule> models() {
        List<Settings> said = own.mappings("models");
        if (said.isEmpty() && defaults != null) {
            said = defaults.mappings("models");
        }
        return said.stream().map(ModelRule::read).toList();
    }

    private List<RenditionConfig> renditions(LiveOptions stream) {
        Map<String, RenditionConfig> renditions = new LinkedHashMap<>();
        for (Settings said : own.mappings("renditions")) {
            RenditionConfig rendition = RenditionConfig.read(said, stream);
            if (renditions.putIfAbsent(rendition.name(), rendition) != null) {
                throw said.wrong("name", "there is another rendition " + rendition.name());
            }
        }
        return List.copyOf(renditions.values());
    }

    private List<String> push() {
        List<String> urls = own.list("push");
        for (String url : urls) {
            if (!PUSH.matcher(url).matches()) {
                throw own.wrong("push", "must be rtmp, rtmps, srt, udp, tcp or rtsp URLs, not " + url);
            }
        }
        return urls;
    }

    private @Nullable RecordConfig record() {
        Settings said = own.child("record");
        return said == null ? null : RecordConfig.read(said);
    }

    private Map<String, String> listening(String source) {
        Map<String, String> options = LISTEN.get(source.replaceFirst(":.*", "").toLowerCase(Locale.ROOT));
        if (options == null) {
            throw own.wrong("listen", "a peer can be waited for at an rtmp, srt or tcp address, not at " + source);
        }
        Map<String, String> all = new LinkedHashMap<>(options);
        all.putAll(texts("sourceOptions"));
        return all;
    }

    private OutputOptions encoding(int threads) {
        return own.checked(
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

    private LiveSound sound() {
        String text = Objects.requireNonNullElse(mode("sound"), "copy");
        try {
            return "off".equals(text) ? LiveSound.NONE : LiveSound.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw own.wrong("sound", "must be copy, aac, opus or none, not " + text);
        }
    }

    private Halting halting() {
        return own.checked("halting", () -> {
            String text = mode("halting");
            return text == null ? Halting.OFF : Halting.parse(text);
        });
    }

    /** YAML reads a bare off as false. */
    private @Nullable String mode(String key) {
        String text = get(settings -> settings.text(key));
        return "false".equals(text) ? "off" : text;
    }

    private @Nullable Isolation isolation() {
        String text = get(settings -> settings.text("isolation"));
        try {
            return text == null ? null : Isolation.parse(text);
        } catch (IllegalArgumentException e) {
            throw own.wrong("isolation", String.valueOf(e.getMessage()));
        }
    }

    private ReuseMode reuse() {
        String text = mode("reuse");
        try {
            return text == null ? ReuseMode.NEAR : ReuseMode.parse(text);
        } catch (IllegalArgumentException e) {
            throw own.wrong("reuse", String.valueOf(e.getMessage()));
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
