package io.upflux.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.pipeline.StreamException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file, or a request's body, while it is read: every key is asked for by its type, and what nobody asked
 * for is an error.
 */
public final class Settings {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)([kKMG]?)");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");
    private static final Pattern RATE = SIZE;

    private final String where;
    private final ObjectNode node;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param where name of the file and of the keys that lead here, each with what separates it from the next
     */
    public Settings(String where, ObjectNode node) {
        this.where = where;
        this.node = node;
    }

    public @Nullable String text(String key) {
        JsonNode value = get(key);
        if (value == null) {
            return null;
        }
        if (!value.isValueNode()) {
            throw wrong(key, "must be a text");
        }
        return value.asText();
    }

    public @Nullable Integer integer(String key, int least, int most) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong(key, "must be a whole number from " + least + " to " + most + ", not " + text);
    }

    /** More than 0. */
    @Nullable
    Double number(String key) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        if (!NUMBER.matcher(text).matches() || Double.parseDouble(text) <= 0) {
            throw wrong(key, "must be a number above 0, not " + text);
        }
        return Double.valueOf(text);
    }

    @Nullable
    Boolean flag(String key) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw wrong(key, "must be true or false, not " + text);
        };
    }

    @Nullable
    Duration duration(String key) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key, String.valueOf(e.getMessage()));
        }
    }

    /** Bytes, with units of 1024. */
    @Nullable
    Long size(String key) {
        return quantity(key, SIZE, 1024, "a size such as 500K, 50M or 2G");
    }

    /** Bits a second, with units of 1000 as encoders count. */
    @Nullable
    Long bitrate(String key) {
        return quantity(key, RATE, 1000, "bits a second such as 2500k or 4M");
    }

    /** A mapping of texts; empty when absent. */
    Map<String, String> texts(String key) {
        Settings child = child(key);
        Map<String, String> texts = new LinkedHashMap<>();
        if (child != null) {
            for (Map.Entry<String, JsonNode> entry : child.node.properties()) {
                String value = child.text(entry.getKey());
                if (value != null) {
                    texts.put(entry.getKey(), value);
                }
            }
        }
        return texts;
    }

    /** Texts in order, of which a single one needs no list; empty when absent. */
    List<String> list(String key) {
        JsonNode value = get(key);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value.isArray() ? value : List.of(value)) {
            if (!element.isValueNode() || element.isNull()) {
                throw wrong(key, "must be a text, or a list of texts");
            }
            texts.add(element.asText());
        }
        return texts;
    }

    /** Mappings in order; empty when absent. */
    List<Settings> mappings(String key) {
        JsonNode value = get(key);
        if (value == null) {
            return List.of();
        }
        List<Settings> mappings = new ArrayList<>();
        for (JsonNode element : value.isArray() ? value : List.of(value)) {
            if (!(element instanceof ObjectNode mapping)) {
                throw wrong(key, "must be a list of mappings of keys to values");
            }
            mappings.add(new Settings(where + key + "[" + mappings.size() + "].", mapping));
        }
        return mappings;
    }

    /** A mapping inside this one; null when absent. */
    @Nullable
    Settings child(String key) {
        JsonNode value = get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof ObjectNode mapping)) {
            throw wrong(key, "must be a mapping of keys to values");
        }
        return new Settings(where + key + ".", mapping);
    }

    /** The mappings inside this one, whatever their keys. */
    Map<String, Settings> children() {
        Map<String, Settings> children = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            Settings child = child(entry.getKey());
            if (child == null) {
                throw wrong(entry.getKey(), "is empty");
            }
            children.put(entry.getKey(), child);
        }
        return children;
    }

    /** To be called when all that is known was asked for. */
    public void end() {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!known.contains(entry.getKey())) {
                throw wrong(entry.getKey(), "unknown key; known here: " + String.join(", ", known));
            }
        }
    }

    /** A copy of what was written. */
    ObjectNode tree() {
        return node.deepCopy();
    }

    /** A value by a rule that lies elsewhere, whose message is given the name of the key. */
    <T> T checked(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (StreamException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(": ") && message.contains(key + ":") ? e : wrong(key, message);
        }
    }

    /** What to throw when a value cannot be. */
    public StreamException wrong(String key, String what) {
        return new StreamException(where + key + ": " + what);
    }

    private @Nullable Long quantity(String key, Pattern pattern, long base, String what) {
        String text = text(key);
        if (text == null) {
            return null;
        }
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw wrong(key, "must be " + what + ", not " + text);
        }
        long unit = switch (matcher.group(2)) {
            case "k", "K" -> base;
            case "M" -> base * base;
            case "G" -> base * base * base;
            default -> 1;
        };
        long value = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit))
                .longValue();
        if (value <= 0) {
            throw wrong(key, "must be more than nothing");
        }
        return value;
    }

    private @Nullable JsonNode get(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }
}
