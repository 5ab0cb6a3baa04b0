package io.upflux.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.upflux.codecs.LiveOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Device;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.ReuseMode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the configuration. */
public final class ConfigFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Enough for what is under way in a pipeline that keeps up, little beside what players keep. */
    private static final Duration LATENCY = Duration.ofMillis(500);

    private static final Pattern STREAM_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final Set<String> SERVER_KEYS =
            Set.of("address", "segments", "viewerBuffer", "allowOrigin", "anonymous");
    private static final Set<String> STREAM_KEYS = Set.of(
            "source",
            "model",
            "scale",
            "device",
            "threads",
            "reuse",
            "videoCodec",
            "crf",
            "bitrate",
            "height",
            "segment",
            "part",
            "onDemand",
            "closeAfter");

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @param variables of the environment
     * @throws StreamException in one line that names the key, when something is wrong
     */
    public static ServerConfig read(Path file, Map<String, String> variables) {
        try {
            return parse(file.toString(), Files.readString(file), variables);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be read: " + reason(e), e);
        }
    }

    /**
     * As {@link #read}, of a text.
     *
     * @param name of the text, for messages
     */
    public static ServerConfig parse(String name, String yaml, Map<String, String> variables) {
        ObjectNode root = tree(name, yaml);
        Environment.apply(root, variables, SERVER_KEYS, STREAM_KEYS);
        Settings settings = new Settings(name + ": ", root);
        URI address = address(settings);
        Integer segments = settings.integer("segments", 3, 100);
        Long viewerBytes = settings.size("viewerBuffer");
        String allowOrigin = settings.text("allowOrigin");
        Guests guests = Guests.of(settings, ServerConfig.isLocal(address.getHost()));
        Settings defaults = settings.child("streamDefaults");
        Settings streams = settings.child("streams");
        settings.end();
        List<StreamConfig> configs = new ArrayList<>();
        if (streams != null) {
            streams.children().forEach((stream, own) -> configs.add(stream(streams, stream, own, defaults)));
        }
        if (defaults != null) {
            // Without streams nobody has asked for its keys.
            STREAM_KEYS.forEach(defaults::text);
            defaults.texts("sourceOptions");
            defaults.texts("encoderOptions");
            defaults.end();
        }
        return new ServerConfig(
                address.getHost(),
                address.getPort(),
                segments == null ? 7 : segments,
                viewerBytes == null ? 8L << 20 : viewerBytes,
                allowOrigin,
                guests.tokens(),
                guests.anonymous(),
                configs);
    }

    private static ObjectNode tree(String name, String yaml) {
        try {
            JsonNode root = YAML.readTree(yaml);
            if (root == null || root.isMissingNode() || root.isNull()) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (root instanceof ObjectNode mapping) {
                return mapping;
            }
            throw new StreamException(name + ": must be a mapping of keys to values");
        } catch (JsonProcessingException e) {
            String what =
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("not YAML");
            throw new StreamException(
                    name + ": line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": " + what,
                    e);
        }
    }

    private static URI address(Settings settings) {
        String text = Objects.requireNonNullElse(settings.text("address"), "127.0.0.1:8080");
        try {
            URI address = new URI("tcp://" + (text.startsWith(":") ? "0.0.0.0" + text : text));
            if (address.getHost() != null && address.getPort() >= 0 && address.getPort() < 65536) {
                return address;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw settings.wrong("address", "must be HOST:PORT such as 127.0.0.1:8080, not " + text);
    }

    private static StreamConfig stream(Settings streams, String name, Settings own, @Nullable Settings defaults) {
        if (!STREAM_NAME.matcher(name).matches()) {
            throw streams.wrong(name, "a stream's name has up to 64 letters, digits, dots, dashes and underscores");
        }
        String source = own.text("source");
        if (source == null || source.isBlank()) {
            throw own.wrong("source", "is missing: a file or URL to read from");
        }
        Layers layers = new Layers(own, defaults);
        Device device = checked(own, "device", () -> {
            String text = layers.get(settings -> settings.text("device"));
            return text == null ? Device.AUTO : Device.parse(text);
        });
        Integer threads = layers.get(settings -> settings.integer("threads", 0, 1024));
        OutputOptions encoding = encoding(own, layers, threads == null ? 0 : threads);
        LiveOptions usual = LiveOptions.defaults();
        Duration segment =
                Objects.requireNonNullElse(layers.get(settings -> settings.duration("segment")), usual.segment());
        Duration part = Objects.requireNonNullElse(layers.get(settings -> settings.duration("part")), usual.part());
        StreamConfig config = new StreamConfig(
                name,
                source,
                layers.texts("sourceOptions"),
                layers.get(settings -> settings.text("model")),
                layers.get(settings -> settings.integer("scale", 1, 8)),
                device,
                threads == null ? 0 : threads,
                reuse(own, layers),
                Objects.requireNonNullElse(layers.get(settings -> settings.flag("governor")), true),
                Objects.requireNonNullElse(layers.get(settings -> settings.duration("latency")), LATENCY),
                checked(own, "part", () -> usual.withEncoding(encoding).withCuts(segment, part)),
                Objects.requireNonNullElse(layers.get(settings -> settings.flag("onDemand")), false),
                Objects.requireNonNullElse(
                        layers.get(settings -> settings.duration("closeAfter")), Duration.ofSeconds(10)));
        own.end();
        if (config.isPublished() && config.onDemand()) {
            throw own.wrong("onDemand", "has no meaning for what is sent to the server: it runs while somebody sends");
        }
        return config;
    }

    private static OutputOptions encoding(Settings own, Layers layers, int threads) {
        return checked(
                own,
                "crf",
                () -> new OutputOptions(
                        layers.get(settings -> settings.text("videoCodec")),
                        layers.texts("encoderOptions"),
                        layers.get(settings -> settings.integer("crf", 0, 63)),
                        layers.get(settings -> settings.bitrate("bitrate")),
                        layers.get(settings -> settings.integer("height", 16, 16384)),
                        false,
                        null,
                        threads));
    }

    /** Gives the message of a rule that lies elsewhere the name of the key. */
    private static ReuseMode reuse(Settings own, Layers layers) {
        String text = layers.get(settings -> settings.text("reuse"));
        try {
            // YAML reads a bare off as false.
            return text == null ? ReuseMode.NEAR : ReuseMode.parse(text.equals("false") ? "off" : text);
        } catch (IllegalArgumentException e) {
            throw own.wrong("reuse", String.valueOf(e.getMessage()));
        }
    }

    private static <T> T checked(Settings settings, String key, java.util.function.Supplier<T> value) {
        try {
            return value.get();
        } catch (StreamException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(": ") && message.contains(key + ":") ? e : settings.wrong(key, message);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    /** A stream's own settings above those of all streams. */
    private record Layers(Settings own, @Nullable Settings defaults) {
        <T> @Nullable T get(Function<Settings, @Nullable T> key) {
            T value = key.apply(own);
            return value != null || defaults == null ? value : key.apply(defaults);
        }

        Map<String, String> texts(String key) {
            Map<String, String> texts = new java.util.LinkedHashMap<>();
            if (defaults != null) {
                texts.putAll(defaults.texts(key));
            }
            texts.putAll(own.texts(key));
            return texts;
        }
    }
}
