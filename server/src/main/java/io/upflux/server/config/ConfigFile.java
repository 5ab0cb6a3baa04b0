package io.upflux.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.upflux.pipeline.StreamException;
import io.upflux.server.source.AllowedSources;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the configuration. */
public final class ConfigFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Set<String> SERVER_KEYS =
            Set.of("address", "segments", "viewerBuffer", "allowOrigin", "anonymous", "linkSecret", "allowedSources");

    private static final Map<String, Set<String>> GROUPS = Map.of(
            "tls", Tls.KEYS,
            "log", LogConfig.KEYS,
            "limits", LimitsConfig.KEYS,
            "jobs", JobsConfig.KEYS,
            "webhooks", WebhooksConfig.KEYS);

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
        Environment.apply(root, variables, SERVER_KEYS, GROUPS, StreamSettings.KEYS);
        Settings settings = new Settings(name + ": ", root);
        URI address = address(settings);
        Integer segments = settings.integer("segments", 3, 100);
        Long viewerBytes = settings.size("viewerBuffer");
        String allowOrigin = settings.text("allowOrigin");
        Guests guests = Guests.of(settings, "*".equals(allowOrigin));
        Tls tls = Tls.of(settings.child("tls"));
        LogConfig log = LogConfig.of(settings.child("log"));
        AllowedSources allowed = allowedSources(settings);
        LimitsConfig limits = LimitsConfig.of(settings.child("limits"));
        WebhooksConfig webhooks = WebhooksConfig.of(settings.child("webhooks"));
        Settings defaults = settings.child("streamDefaults");
        Settings streams = settings.child("streams");
        Settings jobs = settings.child("jobs");
        settings.end();
        Map<String, Settings> named = streams == null ? Map.of() : streams.children();
        Settings others = named.get(StreamTemplate.KEY);
        List<StreamConfig> configs = new ArrayList<>();
        if (streams != null) {
            named.forEach((stream, own) -> {
                if (own != others) {
                    configs.add(stream(streams, stream, own, defaults, limits));
                }
            });
        }
        if (defaults != null) {
            StreamSettings.check(defaults);
        }
        ServerConfig config = new ServerConfig(
                address.getHost(),
                address.getPort(),
                segments == null ? 7 : segments,
                viewerBytes == null ? 8L << 20 : viewerBytes,
                allowOrigin,
                guests.tokens(),
                guests.anonymous(),
                guests.linkSecret(),
                tls,
                log,
                allowed,
                limits,
                configs,
                others == null ? null : StreamTemplate.read(others, defaults, limits),
                new StreamRequests(
                        defaults == null ? JsonNodeFactory.instance.objectNode() : defaults.tree(), limits, allowed),
                jobs == null ? null : JobsConfig.of(jobs, limits.input()),
                webhooks);
        if (config.isOpen()) {
            throw settings.wrong("address", "can be reached from elsewhere: " + ServerConfig.CLOSE);
        }
        return config;
    }

    private static AllowedSources allowedSources(Settings settings) {
        List<String> rules = settings.list("allowedSources");
        try {
            return AllowedSources.of(rules);
        } catch (StreamException e) {
            throw settings.wrong("allowedSources", String.valueOf(e.getMessage()));
        }
    }

    private static StreamConfig stream(
            Settings streams, String name, Settings own, @Nullable Settings defaults, LimitsConfig limits) {
        if (name.startsWith("~")) {
            throw streams.wrong(name, "names have no patterns here; all_others is for all that are not listed");
        }
        if (!StreamSettings.isName(name)) {
            throw streams.wrong(name, StreamRequests.NAMES);
        }
        return new StreamSettings(own, defaults, limits).read(name);
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

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }
}
