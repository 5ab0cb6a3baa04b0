package io.upflux.server.segment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.EncoderIdentity;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.Rational;
import io.upflux.models.Calibrations;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Calibration;
import io.upflux.pipeline.SuperResolver.Traits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The first line of a journal: what a job is, so that it can be told whether another run would continue the same. */
public final class JobHeader {
    /** Of the journal's form. */
    static final int VERSION = 2;

    private static final String CALIBRATION = "calibration";

    private static final String NOTHING = "not given";

    private JobHeader() {}

    /** @param seconds wanted length of a segment */
    public static ObjectNode of(
            String upflux,
            JobOptions options,
            InputFingerprint input,
            ModelCard model,
            Traits traits,
            EncoderIdentity encoder,
            double seconds,
            Rational timeBase,
            List<Segment> segments) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.put("journal", VERSION).put("upflux", upflux);
        header.putObject("input")
                .put("path", options.input())
                .put("bytes", input.bytes())
                .put("modified", input.modified().toString())
                .put("sha256", input.sha256())
                .put("whole", input.whole());
        header.set("reading", reading(options.reading()));
        header.set("encoding", encoding(options.encoding()));
        header.putObject("encoder").put("name", encoder.name()).put("sha256", encoder.sha256());
        header.putObject("model")
                .put("name", model.name())
                .put("sha256", model.sha256())
                // Any of several devices of a kind may go on.
                .put("provider", traits.kind())
                .put("precision", traits.precision())
                .put("halting", options.halting());
        header.put("reuse", options.reuse().toString()).put("threads", options.threads());
        ObjectNode plan = header.putObject("segments");
        plan.put("seconds", seconds).put("timeBase", timeBase.toString());
        segments.stream().skip(1).map(Segment::from).forEach(plan.putArray("cuts")::add);
        return header;
    }

    /** Adds what the job's squares of pictures cost. */
    static void calibrate(ObjectNode header, @Nullable Calibration calibration) {
        if (calibration != null) {
            header.set(CALIBRATION, Calibrations.json(calibration));
        }
    }

    /** What a job began with; null when that was none. */
    static @Nullable Calibration calibration(JsonNode header) {
        return Calibrations.parse(header.path(CALIBRATION));
    }

    /** What is not the same in two headers, for people; empty when one continues the other. */
    public static List<String> differences(JsonNode before, JsonNode now) {
        Map<String, String> old = facts(before);
        Map<String, String> present = facts(now);
        TreeSet<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(present.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String then = old.getOrDefault(key, NOTHING);
            String today = present.getOrDefault(key, NOTHING);
            if (!then.equals(today)) {
                boolean plain = !key.endsWith("sha256") && !key.contains("cuts");
                differences.add(plain ? key + " was " + then + ", is " + today : key + " differs");
            }
        }
        return differences;
    }

    private static Map<String, String> facts(JsonNode header) {
        Map<String, String> facts = new TreeMap<>();
        collect("", header, facts);
        facts.remove("input path");
        // A job goes on with the calibration it began with.
        facts.keySet().removeIf(key -> key.startsWith(CALIBRATION));
        if (header.path("input").path("whole").asBoolean()) {
            // The same bytes are the same input, whenever they were written.
            facts.remove("input modified");
        }
        return facts;
    }

    private static void collect(String name, JsonNode node, Map<String, String> facts) {
        if (node.isObject()) {
            node.fields()
                    .forEachRemaining(field -> collect(
                            name.isEmpty() ? field.getKey() : name + " " + field.getKey(), field.getValue(), facts));
        } else if (!node.isNull()) {
            facts.put(name, node.isArray() ? node.toString() : node.asText());
        }
    }

    private static ObjectNode reading(InputOptions options) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        put(node, "start", options.start());
        put(node, "duration", options.duration());
        node.put("deinterlace", options.deinterlace()).put("rotatePixels", options.rotatePixels());
        node.set("options", new ObjectMapper().valueToTree(new TreeMap<>(options.demuxerOptions())));
        return node;
    }

    private static ObjectNode encoding(OutputOptions options) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        put(node, "codec", options.videoCodec());
        node.set("options", new ObjectMapper().valueToTree(new TreeMap<>(options.encoderOptions())));
        put(node, "crf", options.crf());
        put(node, "bitrate", options.bitrate());
        put(node, "height", options.height());
        put(node, "container", options.container());
        return node;
    }

    private static void put(ObjectNode node, String key, @Nullable Object value) {
        if (value != null) {
            node.put(key, value.toString());
        }
    }
}
