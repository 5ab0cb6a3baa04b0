package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The manifest against Kubernetes' own types: a key that they do not have would be lost in between. */
class KubernetesExampleTest {
    private static final Path MANIFEST = Path.of("..", "docs", "examples", "kubernetes.yaml");
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Service", Service.class,
            "apps/v1 Deployment", Deployment.class,
            "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class);

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void everyObjectIsOneThatKubernetesKnows() throws Exception {
        List<JsonNode> objects = objects();
        assertThat(objects).hasSizeGreaterThan(4);
        for (JsonNode object : objects) {
            String kind = object.path("apiVersion").asText() + " "
                    + object.path("kind").asText();
            assertThat(KINDS).containsKey(kind);
            Class<? extends HasMetadata> type = KINDS.getOrDefault(kind, HasMetadata.class);
            assertThat(unknown("", json.treeToValue(object, type))).as(kind).isEmpty();
        }
    }

    @Test
    void whatRefersToAnotherObjectFindsIt() throws IOException {
        List<JsonNode> objects = objects();
        List<String> labels = new ArrayList<>();
        List<String> deployments = new ArrayList<>();
        for (JsonNode object : objects) {
            if (object.path("kind").asText().equals("Deployment")) {
                deployments.add(object.path("metadata").path("name").asText());
                labels.add(object.at("/spec/template/metadata/labels/app").asText());
                assertThat(object.at("/spec/selector/matchLabels/app"))
                        .isEqualTo(object.at("/spec/template/metadata/labels/app"));
            }
        }
        for (JsonNode object : objects) {
            if (object.path("kind").asText().equals("Service")) {
                assertThat(labels).contains(object.at("/spec/selector/app").asText());
            }
            if (object.path("kind").asText().equals("HorizontalPodAutoscaler")) {
                assertThat(deployments)
                        .contains(object.at("/spec/scaleTargetRef/name").asText());
            }
        }
    }

    @Test
    void wrongKeysAreFound() throws Exception {
        JsonNode wrong =
                json.readTree("{\"spec\":{\"replica\":1,\"template\":{\"spec\":{\"containers\":[{\"port\":80}]}}}}");
        assertThat(unknown("", json.treeToValue(wrong, Deployment.class)))
                .containsExactlyInAnyOrder("/spec/replica", "/spec/template/spec/containers/0/port");
    }

    /** Keys that no property of their type took up. */
    private static List<String> unknown(String path, @Nullable Object value) throws Exception {
        List<String> unknown = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                unknown.addAll(unknown(path + "/" + i, list.get(i)));
            }
        } else if (value != null && value.getClass().getPackageName().startsWith("io.fabric8")) {
            for (PropertyDescriptor property :
                    Introspector.getBeanInfo(value.getClass(), Object.class).getPropertyDescriptors()) {
                Object held = property.getReadMethod() == null
                        ? null
                        : property.getReadMethod().invoke(value);
                if (property.getName().equals("additionalProperties") && held instanceof Map<?, ?> others) {
                    others.keySet().forEach(key -> unknown.add(path + "/" + key));
                } else {
                    unknown.addAll(unknown(path + "/" + property.getName(), held));
                }
            }
        }
        return unknown;
    }

    private List<JsonNode> objects() throws IOException {
        try (MappingIterator<JsonNode> documents =
                new ObjectMapper(new YAMLFactory()).readerFor(JsonNode.class).readValues(MANIFEST.toFile())) {
            return documents.readAll();
        }
    }
}
