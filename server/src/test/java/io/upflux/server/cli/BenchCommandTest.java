package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final Streams streams = new Streams();

    @Test
    void allStagesAndTheWhole() {
        assertThat(streams.upflux("bench", "--size", "64x48", "--frames", "12", "-n", "bicubic-x2", "--json"))
                .describedAs(streams.err())
                .isZero();

        JsonNode result = streams.json().get(0);
        assertThat(result.get("event").asText()).isEqualTo("result");
        assertThat(result.get("frames").asInt()).isEqualTo(12);
        assertThat(result.get("width").asInt()).isEqualTo(64);
        assertThat(result.get("stages").fieldNames())
                .toIterable()
                .containsExactly("decode", "gather", "infer", "compose", "encode");
        double cpu = 0;
        for (JsonNode stage : result.get("stages")) {
            assertThat(stage.get("fps").asDouble()).isPositive();
            cpu += stage.get("cpuMillisPerFrame").asDouble();
        }
        assertThat(result.get("boundFps").asDouble())
                .isCloseTo(
                        1000.0 * result.get("processors").asInt() / cpu,
                        within(0.02 * result.get("boundFps").asDouble()));
        assertThat(result.get("share").asDouble())
                .isCloseTo(result.get("fps").asDouble() / result.get("boundFps").asDouble(), within(0.001));
        assertThat(streams.err()).contains("end to end", "bound by CPU time");
    }

    @Test
    void whatCannotHaltIsOneLine() {
        for (String model : List.of("plain-s-x2", "bicubic-x2")) {
            Streams own = new Streams();
            assertThat(own.upflux("bench", "-n", model, "--halting", "0.95")).isEqualTo(1);
            assertThat(own.err().lines()).singleElement().asString().contains(model + " cannot halt");
        }
    }

    @Test
    void sizesAreChecked() {
        assertThat(streams.upflux("bench", "--size", "63x48")).isEqualTo(2);
        assertThat(streams.err()).contains("'63x48' is no size");
    }
}
