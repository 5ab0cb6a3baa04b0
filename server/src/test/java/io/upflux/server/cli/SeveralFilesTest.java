package io.upflux.server.cli;

import static io.upflux.server.cli.TestMedia.FRAMES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of several files. */
class SeveralFilesTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void severalFilesEndWithASummary() {
        Path out = folder.resolve("out");
        assertThat(streams.upflux(
                        "upscale",
                        TestMedia.clip(folder.resolve("a.mp4")),
                        TestMedia.clip(folder.resolve("b.mp4")),
                        "-o",
                        out,
                        "-n",
                        "bicubic-x2"))
                .isZero();
        assertThat(streams.err()).contains("2 of 2 files done: 12 frames");
    }

    @Test
    void oneFailedFileDoesNotStopTheOthers() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        TestMedia.clip(in.resolve("a.mp4"));
        Files.writeString(in.resolve("b.mp4"), "not a video");
        TestMedia.clip(in.resolve("c.mkv"));
        Path out = folder.resolve("out");

        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2", "--json", "--no-progress"))
                .isEqualTo(1);

        assertThat(out.resolve("a.mp4")).exists();
        assertThat(out.resolve("b.mp4")).doesNotExist();
        assertThat(out.resolve("c.mkv")).exists();
        List<JsonNode> events = streams.json();
        assertThat(events)
                .extracting(event -> event.get("event").asText())
                .containsExactly("file", "error", "file", "result");
        assertThat(events.get(1).get("input").asText())
                .isEqualTo(in.resolve("b.mp4").toString());
        assertThat(events.get(3).get("frames").asInt()).isEqualTo(2 * FRAMES);
        assertThat(events.get(3).get("failed").asInt()).isEqualTo(1);
    }

    @Test
    void ofSeveralTheRestIsAskedForByResume() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        TestMedia.clip(in.resolve("a.mp4"));
        TestMedia.clip(in.resolve("b.mp4"));
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("a.mp4"), "done");
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2")).isEqualTo(1);
        assertThat(streams.err())
                .contains("exists already; --overwrite replaces it, --resume goes on with what is not there yet");
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2", "--resume"))
                .isZero();
    }

    @Test
    void whereNothingIsLeftToDoTheLastLineIsAResult() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Path out = Files.createDirectory(folder.resolve("out"));
        for (String name : List.of("a.mp4", "b.mp4")) {
            Files.writeString(in.resolve(name), "not looked at");
            Files.writeString(out.resolve(name), "done");
        }
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2", "--resume", "--json"))
                .isZero();
        assertThat(streams.json()).singleElement().satisfies(event -> {
            assertThat(event.get("event").asText()).isEqualTo("result");
            assertThat(event.get("frames").asInt()).isZero();
            assertThat(event.get("files").asInt()).isEqualTo(2);
            assertThat(event.get("failed").asInt()).isZero();
        });
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2", "--resume"))
                .isZero();
        assertThat(streams.err()).contains("2 of 2 files done: 0 frames in 0:00");
    }
}
