package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.job.JobRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the server shows is what it says of it, and takes the keys that it says it takes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OpenApiViewsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static JsonNode root;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = LiveServer.class.getResourceAsStream("/io/upflux/server/page/openapi.yaml")) {
            root = new YAMLMapper().readTree(in);
        }
    }

    @Test
    void streamsAndJobsAreShownAsDescribed() throws IOException, InterruptedException {
        String more = """
                  full:
                    source: '%1$s/clip.mp4'
                    renditions: [{name: small, height: 90}, {name: huge, height: 360, when: {minHeight: 91}}]
                    record: {folder: '%1$s/clip.mp4'}
                  all_others: {source: '%1$s/clip.$name', onDemand: true, closeAfter: 1h}
                jobs: {folder: '%1$s/jobs'}
                """.formatted(folder);
        try (TestServer server = new TestServer(folder, more)) {
            server.get("/live/full/index.m3u8");
            server.get("/live/full/small/media.m3u8");
            server.get("/live/mp4/index.m3u8");
            Set<String> shown = new TreeSet<>();
            JsonNode streams;
            do {
                TimeUnit.MILLISECONDS.sleep(50);
                streams = JSON.readTree(server.get("/api/v1/streams").body());
                streams.path("streams").forEach(stream -> stream.fieldNames().forEachRemaining(shown::add));
            } while (!shown.contains("rung")
                    || !streams.findParents("working").get(0).has("error"));
            check(answer("/api/v1/streams", "get", "200"), streams, "streams");
            assertThat(shown)
                    .as("all that is described is shown")
                    .containsExactlyInAnyOrderElementsOf(names(schema("Stream").path("properties")));
            check(
                    schema("StreamSettings"),
                    JSON.readTree(server.get("/api/v1/streams/full/settings").body()),
                    "settings");
            check(
                    answer("/api/v1/streams/{s}/links", "post", "409"),
                    JSON.readTree(server.send("POST", "/api/v1/streams/full/links", "")
                            .body()),
                    "problem");
            String asked = "{\"input\": \"" + folder.resolve("clip.mp4")
                    + "\", \"device\": \"cpu\", \"start\": 0.5, \"duration\": \"2s\","
                    + " \"model\": \"bicubic\", \"scale\": 2, \"reuse\": \"off\", \"halting\": \"off\", \"crf\": 30}";
            assertThat(server.send("POST", "/api/v1/jobs", asked).statusCode()).isEqualTo(201);
            JsonNode jobs;
            do {
                TimeUnit.MILLISECONDS.sleep(50);
                jobs = JSON.readTree(server.get("/api/v1/jobs").body());
                check(answer("/api/v1/jobs", "get", "200"), jobs, "jobs");
            } while (!jobs.at("/jobs/0").has("ended"));
        }
    }

    @Test
    void modelsAreShownAsDescribed() throws IOException {
        try (TestServer server = new TestServer(folder)) {
            JsonNode models = JSON.readTree(server.get("/api/v1/models").body());
            check(answer("/api/v1/models", "get", "200"), models, "models");
            assertThat(models.findValuesAsText("name")).contains("plain-s-x2", "bicubic-x2");
            Set<String> shown = new HashSet<>();
            models.path("models").forEach(model -> shown.addAll(names(model)));
            assertThat(shown).isEqualTo(names(schema("Model").path("properties")));
            assertThat(models.at("/models/0/psnr").isObject()).isTrue();
        }
    }

    @Test
    void theKeysOfAStreamAreDescribed() {
        Set<String> known = known(() -> ConfigFile.parse("c", "streams: {a: {source: b, sorce: c}}", Map.of()));
        known.add("name");
        assertThat(names(schema("StreamSettings").path("properties"))).isEqualTo(known);
    }

    @Test
    void theKeysOfAJobAreDescribed() {
        ObjectNode wrong = JSON.createObjectNode().put("inputt", "a");
        assertThat(names(schema("JobSettings").path("properties"))).isEqualTo(known(() -> JobRequest.parse(wrong)));
    }

    /** Those that somebody is told who uses another. */
    private static Set<String> known(ThrowingCallable reading) {
        Set<String> known = new HashSet<>();
        assertThatThrownBy(reading).isInstanceOf(StreamException.class).satisfies(failure -> {
            String list = String.valueOf(failure.getMessage()).replaceFirst(".*known here: ", "");
            known.addAll(Set.of(list.split(", ")));
        });
        return known;
    }

    private static JsonNode answer(String path, String method, String status) {
        JsonNode content = resolved(root.path("paths")
                        .path(path)
                        .path(method)
                        .path("responses")
                        .path(status))
                .path("content");
        assertThat(content).as(path).hasSize(1);
        return content.elements().next().path("schema");
    }

    private static JsonNode schema(String name) {
        return root.path("components").path("schemas").path(name);
    }

    /** Holds a value against the part of JSON Schema that is used here; what an object may have besides is not left open. */
    private static void check(JsonNode said, JsonNode value, String where) {
        JsonNode schema = resolved(said);
        Set<String> types = new HashSet<>();
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            types.add(type.asText());
        }
        type.forEach(one -> types.add(one.asText()));
        if (types.contains("number")) {
            types.add("integer");
        }
        assertThat(types).as(where).contains(type(value));
        if (schema.has("enum")) {
            assertThat(schema.path("enum")).as(where).contains(value);
        }
        schema.path("required")
                .forEach(name -> assertThat(value.has(name.asText()))
                        .as(where + "." + name.asText())
                        .isTrue());
        value.properties().forEach(field -> {
            JsonNode of = schema.path("properties").path(field.getKey());
            JsonNode other = schema.path("additionalProperties");
            JsonNode rule = of.isMissingNode() ? other : of;
            assertThat(rule.isMissingNode() && !schema.path("properties").isMissingNode())
                    .as(where + "." + field.getKey() + " is described")
                    .isFalse();
            if (!rule.isMissingNode()) {
                check(rule, field.getValue(), where + "." + field.getKey());
            }
        });
        if (value.isArray()) {
            value.forEach(element -> check(schema.path("items"), element, where + "[]"));
        }
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "string";
        };
    }

    private static JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isMissingNode() ? node : root.at(reference.asText().substring(1));
    }

    private static Set<String> names(JsonNode object) {
        Iterable<String> names = object::fieldNames;
        return new HashSet<>(StreamSupport.stream(names.spliterator(), false).toList());
    }
}
