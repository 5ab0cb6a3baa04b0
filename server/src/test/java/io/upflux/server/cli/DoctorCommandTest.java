package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private final Streams streams = new Streams();

    @Test
    void problemsComeFirstAndDecideTheExitCode() {
        int exit = streams.upflux("doctor", "--json");

        List<JsonNode> events = streams.json();
        List<JsonNode> findings = events.subList(0, events.size() - 1);
        JsonNode result = events.get(events.size() - 1);
        List<Boolean> problems = findings.stream()
                .map(finding -> finding.get("problem").asBoolean())
                .toList();
        int count = (int) problems.stream().filter(problem -> problem).count();
        assertThat(result.get("event").asText()).isEqualTo("result");
        assertThat(result.get("problems").asInt()).isEqualTo(count);
        assertThat(exit).isEqualTo(count == 0 ? 0 : 1);
        assertThat(problems.subList(count, problems.size())).doesNotContain(true);
        assertThat(findings)
                .extracting(finding -> finding.get("topic").asText())
                .contains(
                        "system",
                        "java",
                        "processor",
                        "memory",
                        "temporary",
                        "ffmpeg",
                        "encoders",
                        "onnx",
                        "cuda",
                        "model",
                        "calibration");
    }

    @Test
    void bundledModelsRun() {
        streams.upflux("doctor");
        assertThat(streams.err()).contains("plain-s-x2 runs", "sha256");
    }
}
