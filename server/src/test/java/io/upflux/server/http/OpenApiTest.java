package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server says of its API is what it does. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final Pattern OPEN = Pattern.compile("\\{([a-z]+)}");

    private static JsonNode root;
    private static List<String> routes = List.of();

    @BeforeAll
    static void read() throws IOException {
        ServerConfig config = ConfigFile.parse("test", "{address: '127.0.0.1:0'}", Map.of());
        LiveStreams none = new LiveStreams(config, stream -> {
            throw new IllegalStateException("there are no streams");
        });
        try (LiveServer server = LiveServer.start(config, none, null, List.of());
                InputStream in = LiveServer.class.getResourceAsStream("/io/upflux/server/page/openapi.yaml")) {
            routes = server.routes();
            root = new YAMLMapper().readTree(in);
        }
    }

    @Test
    void everyRouteIsDescribed() {
        assertThat(operations().keySet())
                .containsAll(routes.stream()
                        .filter(route -> !route.startsWith("GET /page/"))
                        .toList());
    }

    @Test
    void everythingDescribedIsThere() {
        assertThat(operations().keySet()).isSubsetOf(routes);
    }

    @Test
    void operationsHaveNamesOfTheirOwnAndSayHowTheyFail() {
        List<String> names = new ArrayList<>();
        operations().forEach((where, operation) -> {
            names.add(operation.path("operationId").asText());
            assertThat(operation.path("summary").asText()).as(where).isNotBlank();
            assertThat(operation.path("responses").fieldNames())
                    .toIterable()
                    .as(where)
                    .contains("default")
                    .anyMatch(status -> status.matches("[12]\\d\\d"));
        });
        assertThat(names).doesNotHaveDuplicates().doesNotContain("");
    }

    @Test
    void partsOfPathsAreDescribed() {
        root.path("paths").properties().forEach(path -> {
            Set<String> parts = OPEN.matcher(path.getKey())
                    .results()
                    .map(part -> part.group(1))
                    .collect(Collectors.toSet());
            Set<String> described = new HashSet<>();
            path.getValue().path("parameters").forEach(parameter -> {
                JsonNode said = resolved(parameter);
                if (said.path("in").asText().equals("path")) {
                    assertThat(said.path("required").asBoolean()).isTrue();
                    described.add(said.path("name").asText());
                }
            });
            assertThat(described).as(path.getKey()).isEqualTo(parts);
        });
    }

    @Test
    void referencesLeadSomewhereAndAllComponentsAreUsed() {
        Set<String> used = new HashSet<>();
        for (String reference : root.findValuesAsText("$ref")) {
            assertThat(root.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference);
        }
        root.path("components")
                .properties()
                .forEach(kind -> kind.getValue().fieldNames().forEachRemaining(name -> {
                    String reference = "#/components/" + kind.getKey() + "/" + name;
                    assertThat(kind.getKey().equals("securitySchemes") || used.contains(reference))
                            .as(reference)
                            .isTrue();
                }));
    }

    @Test
    void itIsOpenApi() {
        assertThat(root.path("openapi").asText()).startsWith("3.1.");
        assertThat(root.path("info").path("title").asText()).isEqualTo("Upflux");
        assertThat(root.fieldNames())
                .toIterable()
                .isSubsetOf("openapi", "info", "servers", "security", "tags", "paths", "components");
    }

    private static Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new java.util.TreeMap<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (METHODS.contains(operation.getKey())) {
                        operations.put(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue());
                    }
                }));
        return operations;
    }

    private static JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isMissingNode() ? node : root.at(reference.asText().substring(1));
    }
}
