package io.upflux.models.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code upflux.} keys of a model's custom metadata, read and written. */
final class MetadataReader {
    static final String PREFIX = "upflux.";
    private static final String FREE = "free";
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,4})x([1-9][0-9]{0,4})");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String label;
    private final Map<String, String> metadata;

    private MetadataReader(String label, Map<String, String> metadata) {
        this.label = label;
        this.metadata = metadata;
    }

    /** @throws StreamException when a value cannot be understood */
    static Declaration read(String label, Map<String, String> metadata) {
        MetadataReader in = new MetadataReader(label, metadata);
        return new Declaration(
                in.text("network"),
                in.number("scale", 1, 16),
                in.pass(),
                in.text("format"),
                in.range(),
                in.text("colour"),
                in.number("align", 1, 1024),
                in.number("window", 0, 1024),
                in.tile(),
                FREE.equals(in.text("batch")) ? Integer.valueOf(0) : in.number("batch", 0, 1024),
                in.number("halo", 0, 4096),
                in.number("blocks", 0, 127),
                in.number("margin", 0, 1024),
                in.number("reach", 0, 1024),
                in.text("context"),
                in.gather(),
                in.hash(),
                in.text("licence"),
                in.text("training"),
                in.psnr(),
                in.text("state"));
    }

    static Map<String, String> toMetadata(Contract contract) {
        Map<String, String> out = new LinkedHashMap<>();
        out.put(PREFIX + "network", contract.network());
        out.put(PREFIX + "scale", Integer.toString(contract.scale()));
        out.put(PREFIX + "pass", contract.pass().toString());
        out.put(PREFIX + "format", contract.format().toString());
        out.put(PREFIX + "range", contract.range().toString());
        out.put(PREFIX + "colour", contract.colour());
        out.put(PREFIX + "align", Integer.toString(contract.align()));
        out.put(PREFIX + "window", Integer.toString(contract.window()));
        Size tile = contract.tile();
        out.put(PREFIX + "tile", tile == null ? FREE : tile.toString());
        out.put(PREFIX + "batch", contract.batch() == 0 ? FREE : Integer.toString(contract.batch()));
        out.put(PREFIX + "halo", Integer.toString(contract.halo()));
        out.put(PREFIX + "blocks", Integer.toString(contract.blocks()));
        out.put(PREFIX + "context", contract.context());
        out.put(PREFIX + "licence", contract.licence());
        out.put(PREFIX + "training", contract.training());
        out.put(PREFIX + "state", contract.state());
        return out;
    }

    /** The hash of the weights that a graph was made for, null when it does not say. */
    static @Nullable String weights(OnnxFile file) {
        return new MetadataReader(file.label(), file.graph().metadata()).hash();
    }

    private @Nullable Pass pass() {
        String value = text("pass");
        if (value == null) {
            return null;
        }
        Pass pass = Pass.named(value);
        if (pass == null) {
            throw wrong("pass", value, "plain, key, body, features, windows or halting");
        }
        return pass;
    }

    private List<String> gather() {
        String value = text("gather");
        return value == null ? List.of() : List.of(value.split("\\s*,\\s*"));
    }

    private @Nullable String hash() {
        String value = text("weights");
        if (value != null && !value.matches("[0-9a-f]{64}")) {
            throw wrong("weights", value, "a SHA-256 in lower-case hexadecimal");
        }
        return value;
    }

    private @Nullable String text(String key) {
        String value = metadata.get(PREFIX + key);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private @Nullable Integer number(String key, int least, int most) {
        String value = text(key);
        if (value == null) {
            return null;
        }
        if (!value.matches("[0-9]{1,6}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw wrong(key, value, "a whole number from " + least + " to " + most);
        }
        return Integer.valueOf(value);
    }

    private @Nullable Range range() {
        String value = text("range");
        if (value == null) {
            return null;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "unit", "0..1", "0-1", "[0,1]" -> Range.UNIT;
            case "byte", "0..255", "0-255", "[0,255]" -> Range.BYTE;
            default -> throw wrong("range", value, "unit or byte");
        };
    }

    private @Nullable Size tile() {
        String value = text("tile");
        if (value == null || value.equals(FREE)) {
            return null;
        }
        Matcher size = SIZE.matcher(value);
        if (!size.matches()) {
            throw wrong("tile", value, "free or WIDTHxHEIGHT");
        }
        return new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
    }

    private Map<String, Double> psnr() {
        String value = text("psnr");
        Map<String, Double> figures = new TreeMap<>();
        if (value != null) {
            try {
                collect("", JSON.readTree(value), figures);
            } catch (JsonProcessingException e) {
                throw wrong("psnr", value, "a JSON object of figures per test set");
            }
        }
        return figures;
    }

    private static void collect(String path, JsonNode node, Map<String, Double> to) {
        if (node.isNumber()) {
            to.put(path, node.doubleValue());
        }
        node.fields()
                .forEachRemaining(field ->
                        collect(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), to));
    }

    private StreamException wrong(String key, String value, String expected) {
        return new StreamException(
                label + ": its metadata says " + PREFIX + key + " = '" + value + "', which is not " + expected);
    }
}
