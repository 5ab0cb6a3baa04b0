package io.upflux.server.segment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.frame.HaltingShares;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.util.ArrayList;
import java.util.List;

/** A finished segment as journals tell of it; {@code docs/journal.md} describes the keys. */
public final class SegmentJson {
    private SegmentJson() {}

    /** @param first number of the segment's first frame */
    public static ObjectNode of(SegmentResult result, long first) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("segment", result.segment());
        line.putObject("frames").put("first", first).put("count", result.frames());
        line.putObject("pts").put("first", result.firstPts()).put("last", result.lastPts());
        line.put("bytes", result.bytes()).put("sha256", result.sha256());
        ObjectNode halting = line.putObject("halting");
        halting.put("windows", result.halting().windows());
        result.halting().skipped().forEach(halting.putArray("skipped")::add);
        WindowShares windows = result.windows();
        line.putObject("windows")
                .put("unchanged", windows.unchanged())
                .put("updated", windows.updated())
                .put("computed", windows.computed())
                .put("new", windows.added());
        InferenceCost inference = result.inference();
        line.putObject("inference")
                .put("predictedSeconds", inference.predictedSeconds())
                .put("seconds", inference.seconds())
                .put("tiles", inference.tiles())
                .put("places", inference.places());
        line.put("damaged", result.damaged());
        result.warnings().forEach(line.putArray("warnings")::add);
        return line;
    }

    /** What {@link #of} has made. */
    public static SegmentResult parse(JsonNode line) {
        List<Long> skipped = new ArrayList<>();
        line.path("halting").path("skipped").forEach(count -> skipped.add(count.asLong()));
        List<String> warnings = new ArrayList<>();
        line.path("warnings").forEach(warning -> warnings.add(warning.asText()));
        return new SegmentResult(
                line.path("segment").asInt(),
                line.path("frames").path("count").asLong(),
                line.path("pts").path("first").asLong(),
                line.path("pts").path("last").asLong(),
                line.path("bytes").asLong(),
                line.path("sha256").asText(),
                HaltingShares.of(line.path("halting").path("windows").asLong(), skipped),
                windows(line.path("windows")),
                inference(line.path("inference")),
                line.path("damaged").asBoolean(),
                warnings);
    }

    private static InferenceCost inference(JsonNode node) {
        return new InferenceCost(
                node.path("predictedSeconds").asDouble(),
                node.path("seconds").asDouble(),
                node.path("tiles").asLong(),
                node.path("places").asDouble());
    }

    private static WindowShares windows(JsonNode counts) {
        return new WindowShares(
                counts.path("unchanged").asLong(),
                counts.path("updated").asLong(),
                counts.path("computed").asLong(),
                counts.path("new").asLong());
    }
}
