package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void eachPictureAndTheirMean() {
        TestMedia.write(folder.resolve("a.png"), 96, 64, 1);
        TestMedia.write(folder.resolve("b.png"), 64, 96, 1);

        assertThat(streams.upflux("eval", "--set", folder, "-n", "bicubic", "-s", "2", "--json"))
                .describedAs(streams.err())
                .isZero();

        List<JsonNode> events = streams.json();
        assertThat(events)
                .extracting(event -> event.get("event").asText())
                .containsExactly("picture", "picture", "result");
        assertThat(events.get(0).get("name").asText()).isEqualTo("a.png");
        JsonNode result = events.get(2);
        assertThat(result.fieldNames()).toIterable().containsExactly("event", "psnr", "ssim", "pictures", "seconds");
        assertThat(result.get("pictures").asInt()).isEqualTo(2);
        assertThat(result.get("psnr").asDouble())
                .isCloseTo(
                        (events.get(0).get("psnr").asDouble()
                                        + events.get(1).get("psnr").asDouble())
                                / 2,
                        within(1e-3))
                .isBetween(5.0, 60.0);
        assertThat(result.get("ssim").asDouble()).isBetween(0.0, 1.0);
        assertThat(streams.err()).contains("a.png", "mean of 2");
    }

    @Test
    void anEmptySetFails() {
        assertThat(streams.upflux("eval", "--set", folder, "-n", "bicubic-x2")).isEqualTo(1);
        assertThat(streams.err()).contains("no picture in this folder");
    }

    @Test
    void aMissingSetFails() {
        assertThat(streams.upflux("eval", "--set", folder.resolve("x"), "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(streams.err()).contains("no such folder");
    }
}
