package io.upflux.server.cli;

import static io.upflux.server.cli.TestMedia.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that end before any work: they say why, and leave what was there and nothing else. */
class RefusedRunTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void existingOutputStaysUnlessOverwritten() throws IOException {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = Files.writeString(folder.resolve("out.mp4"), "precious");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(output).hasContent("precious");
        assertThat(streams.err()).contains(output + ": exists already; --overwrite replaces it");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2", "--overwrite"))
                .isZero();
        assertThat(TestMedia.format(output).width()).isEqualTo(2 * WIDTH);
    }

    @Test
    void theInputIsNeverTheOutput() throws IOException {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        byte[] before = Files.readAllBytes(clip);
        Path same = folder.resolve("x/../clip.mp4");
        Files.createDirectory(folder.resolve("x"));

        assertThat(streams.upflux("upscale", clip, "-o", same, "-n", "bicubic-x2", "--overwrite"))
                .isEqualTo(1);
        assertThat(clip).hasBinaryContent(before);
        assertThat(streams.err()).contains("is the input itself");
    }

    @Test
    void aMissingFileIsOneLine() {
        Path missing = folder.resolve("missing.mp4");
        assertThat(streams.upflux("upscale", missing, "-o", folder.resolve("o.mp4"), "--json"))
                .isEqualTo(1);
        assertThat(streams.err().lines()).containsExactly("upflux: " + missing + ": no such file");
        assertThat(streams.json()).singleElement().satisfies(event -> {
            assertThat(event.get("event").asText()).isEqualTo("error");
            assertThat(event.get("message").asText()).isEqualTo(missing + ": no such file");
        });
    }

    @Test
    void whatIsNoVideoIsOneLineAndLeavesNothing() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "not a video\n".repeat(100));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        for (Path input : List.of(text, empty)) {
            Streams own = new Streams();
            assertThat(own.upflux("upscale", input, "-o", folder.resolve("out.mp4"), "-n", "bicubic-x2"))
                    .isEqualTo(1);
            assertThat(own.err().lines()).hasSize(1);
            assertThat(own.err()).contains(input.getFileName().toString());
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("notes.txt", "empty.mp4");
    }

    @Test
    void aVideoThatIsNoPictureIsRefusedBeforeAnyWork() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path picture = folder.resolve("a.png");
        assertThat(streams.upflux("upscale", clip, "-o", picture, "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(streams.err())
                .contains(picture + ": about 6 frames do not fit into one picture; --start T takes that of a time");
        assertThat(folder.toFile().list()).containsExactly("clip.mp4");
    }

    @Test
    void unknownModelsAndScalesFail() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = folder.resolve("out.mp4");
        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "nosuch"))
                .isEqualTo(2);
        assertThat(streams.err()).contains("nosuch");
        Streams tooLarge = new Streams();
        assertThat(tooLarge.upflux("upscale", clip, "-o", output, "-n", "bicubic", "-s", "99"))
                .isEqualTo(2);
        assertThat(tooLarge.err().lines().toList()).hasSize(2);
        assertThat(output).doesNotExist();
    }

    @Test
    void aGpuThatIsNamedAndDoesNotWorkIsAnError() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        // No machine has a hundredth GPU.
        assertThat(streams.upflux(
                        "upscale", clip, "-o", folder.resolve("o.mp4"), "-n", "plain-s-x2", "--device", "cuda:99"))
                .isEqualTo(1);
        assertThat(streams.err())
                .contains("plain-s-x2: does not run on cuda:99: ", "; device auto takes the CPU where no GPU works");
        assertThat(folder.toFile().list()).containsExactly("clip.mp4");
    }

    @Test
    void anUnwritableOutputFails() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = folder.resolve("nowhere/out.mp4");
        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(streams.err()).contains("nowhere");
    }
}
