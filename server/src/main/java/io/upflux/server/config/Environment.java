package io.upflux.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Settings by environment variables: {@code UPFLUX_} and the keys that lead to the value, in capitals, underscores
 * between them ({@code UPFLUX_STREAMS_CAM_SOURCE}). They win over the file.
 */
final class Environment {
    private static final String PREFIX = "UPFLUX_";
    private static final String STREAMS = "STREAMS_";
    private static final String DEFAULTS = "STREAMDEFAULTS_";

    private Environment() {}

    /**
     * @param serverKeys keys of the whole; other variables with the prefix mean something else and are left alone
     * @param groups keys inside others
     */
    static void apply(
            ObjectNode root,
            Map<String, String> variables,
            Set<String> serverKeys,
            Map<String, Set<String>> groups,
            Set<String> streamKeys) {
        variables.forEach((name, value) -> {
            if (!name.startsWith(PREFIX)) {
                return;
            }
            String path = name.substring(PREFIX.length());
            if (path.startsWith(STREAMS)) {
                stream(root, path.substring(STREAMS.length()), value, streamKeys);
            } else if (path.startsWith(DEFAULTS)) {
                set(mapping(root, "streamDefaults"), path.substring(DEFAULTS.length()), value, streamKeys);
            } else {
                set(root, path, value, serverKeys);
                groups.forEach((group, keys) -> inGroup(root, group, path, value, keys));
            }
        });
    }

    /** The last part is the key, so that names of streams may have underscores. */
    private static void stream(ObjectNode root, String path, String value, Set<String> keys) {
        int last = path.lastIndexOf('_');
        if (last <= 0 || keys.stream().noneMatch(path.substring(last + 1)::equalsIgnoreCase)) {
            return;
        }
        ObjectNode streams = mapping(root, "streams");
        String name = path.substring(0, last);
        String existing = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, JsonNode> entry : streams.properties()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                existing = entry.getKey();
            }
        }
        set(mapping(streams, existing), path.substring(last + 1), value, keys);
    }

    private static void inGroup(ObjectNode root, String group, String path, String value, Set<String> keys) {
        String start = group.toUpperCase(Locale.ROOT) + "_";
        if (path.startsWith(start) && keys.stream().anyMatch(path.substring(start.length())::equalsIgnoreCase)) {
            set(mapping(root, group), path.substring(start.length()), value, keys);
        }
    }

    private static void set(ObjectNode node, String name, String value, Set<String> keys) {
        keys.stream().filter(key -> key.equalsIgnoreCase(name)).forEach(key -> node.put(key, value));
    }

    private static ObjectNode mapping(ObjectNode parent, String key) {
        return parent.get(key) instanceof ObjectNode there ? there : parent.putObject(key);
    }
}
