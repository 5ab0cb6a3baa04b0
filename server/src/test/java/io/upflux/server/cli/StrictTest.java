package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.models.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose inference goes on another way than asked for. */
class StrictTest {
    private static final int WIDEST = 128;
    private static final int WIDTH = 192;
    private static final String WARNING = "going on with tiles of half the width and height";

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void anotherWayIsAWarningWithTheOutputInItsPlace() throws IOException {
        Path output = folder.resolve("out.mkv");
        assertThat(upscale(WIDTH, output)).describedAs(streams.err()).isZero();
        assertThat(streams.err()).contains("warning: narrow: inference failed", WARNING);
        assertThat(TestMedia.format(output).width()).isEqualTo(2 * WIDTH);
    }

    @Test
    void strictRunsEndWithOneThen() throws IOException {
        Path output = folder.resolve("out.mkv");
        assertThat(upscale(WIDTH, output, "--strict")).isEqualTo(1);
        assertThat(streams.err()).contains(WARNING, "--strict");
        assertThat(TestMedia.format(output).width()).isEqualTo(2 * WIDTH);
    }

    @Test
    void strictRunsWithoutAWarningEndWithZero() throws IOException {
        assertThat(upscale(WIDEST, folder.resolve("out.mkv"), "--strict"))
                .describedAs(streams.err())
                .isZero();
    }

    private int upscale(int width, Path output, String... more) throws IOException {
        Path model = Files.write(
                folder.resolve("narrow.onnx"),
                TestModels.declare(TestModels.narrow(2, WIDEST), 2, 0).build());
        Path clip = TestMedia.write(folder.resolve("clip.mkv"), width, 48, 3);
        List<Object> words = new ArrayList<>(List.of("upscale", clip, "-o", output, "-n", model));
        words.addAll(List.of(more));
        return streams.upflux(words.toArray());
    }
}
