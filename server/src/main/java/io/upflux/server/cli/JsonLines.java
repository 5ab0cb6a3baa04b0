package io.upflux.server.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.frame.HaltingShares;
import java.io.PrintStream;

/** One JSON object a line, flushed line by line, so that a program at the other end of a pipe sees it as it happens. */
final class JsonLines {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private final PrintStream stream;

    JsonLines(PrintStream stream) {
        this.stream = stream;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Of a record, field by field; what is null is left out. */
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    static ObjectNode event(String name) {
        return object().put("event", name);
    }

    /** A text in quotes, escaped as JSON and YAML want it. */
    static String text(String value) {
        return JsonNodeFactory.instance.textNode(value).toString();
    }

    /** Rounds for output, so that no line says 23.976023976023978. */
    static double round(double value, int decimals) {
        double unit = Math.pow(10, decimals);
        return Math.round(value * unit) / unit;
    }

    /** Which share of the windows halted before each block. */
    static void putShares(ArrayNode array, HaltingShares halting) {
        halting.perBlock().forEach(share -> array.add(round(share, 4)));
    }

    void write(JsonNode node) {
        try {
            String line = MAPPER.writeValueAsString(node);
            synchronized (stream) {
                stream.println(line);
                stream.flush();
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values always serialises", e);
        }
    }

    void error(String message) {
        write(event("error").put("message", message));
    }
}
