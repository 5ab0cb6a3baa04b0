package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ends the server before it listens. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServeCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model: plane-s                                        | streams.cam.model: no model is named 'plane-s'; nearest: plain-s
            model: plain-s-x2, scale: 3                           | streams.cam.model: model plain-s-x2
            model: bicubic-x2, halting: 0.9                       | streams.cam.model: model bicubic-x2 cannot halt early
            models: [{model: plane-m, when: {maxHeight: 360}}]    | streams.cam.models[0].model: no model is named 'plane-m'
            """)
    void aModelThatThereIsNotEndsIt(String settings, String line) throws IOException {
        Path file = Files.writeString(folder.resolve("upflux.yml"), """
                address: 127.0.0.1:0
                streams: {cam: {source: /nowhere/a.mp4, onDemand: true, %s}}
                """.formatted(settings));
        Streams streams = new Streams();
        assertThat(streams.upflux("serve", "-c", file)).isEqualTo(1);
        assertThat(streams.err()).startsWith("upflux: " + line).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"plane-s", "nothing.onnx"})
    void aModelOfAllStreamsThatThereIsNotEndsIt(String model) throws IOException {
        Path file = Files.writeString(folder.resolve("upflux.yml"), """
                address: 127.0.0.1:0
                streamDefaults: {model: %s}
                streams: {cam: {source: publisher}}
                """.formatted(model));
        Streams streams = new Streams();
        assertThat(streams.upflux("serve", "-c", file)).isEqualTo(1);
        assertThat(streams.err()).startsWith("upflux: streams.cam.model: ").contains(model);
    }
}
