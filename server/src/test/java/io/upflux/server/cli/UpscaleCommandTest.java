package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;
import sun.misc.Signal;

class UpscaleCommandTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final int FRAMES = 6;

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void aClipBecomesTwiceAsLarge() {
        Path clip = clip("clip.mp4");
        Path output = folder.resolve("out.mkv");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic", "-s", "2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(output).width()).isEqualTo(2 * WIDTH);
        assertThat(TestMedia.format(output).height()).isEqualTo(2 * HEIGHT);
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err()).contains("clip.mp4 -> " + output + ": 6 frames", "bicubic-x2");
    }

    /** Transport streams do not hide what an encoder puts before the first sample, here with as many packets as the source has. */
    @Test
    void soundThatIsEncodedAnewIsAsGood() {
        Path clip = folder.resolve("clip.mov");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=12:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-c:v",
                "mjpeg",
                "-pix_fmt",
                "yuvj420p",
                "-c:a",
                "adpcm_ima_qt",
                clip.toString());
        int exit = streams.upflux(
                "upscale", clip, "-o", folder.resolve("out.ts"), "-n", "bicubic-x2", "--duration", "0.3");
        assertThat(exit).describedAs(streams.err()).isZero();
        assertThat(streams.err()).contains("audio stream 1 (adpcm_ima_qt) is converted to aac");
    }

    /** In one piece and in segments. */
    @ParameterizedTest
    @ValueSource(strings = {"10s", "1s"})
    void theNewestFrameIsKeptForThoseWhoWatch(String segment) {
        Path clip = TestMedia.write(folder.resolve("long.mp4"), 640, 48, 100);
        Path snapshot = folder.resolve("newest.jpeg");

        assertThat(streams.upflux(
                        "upscale",
                        clip,
                        "-o",
                        folder.resolve("out.mkv"),
                        "-n",
                        "bicubic-x2",
                        "--segment",
                        segment,
                        "--snapshot",
                        snapshot))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(snapshot).width()).isEqualTo(640);
        assertThat(TestMedia.format(snapshot).height()).isEqualTo(48);
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void numberedPicturesBecomeAVideoButNeverThemselves() {
        Path pattern = folder.resolve("shot%d.png");
        TestMedia.write(pattern, WIDTH, HEIGHT, FRAMES);
        Path output = folder.resolve("out.mp4");

        assertThat(streams.upflux("upscale", pattern, "-o", output, "-n", "bicubic-x2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains(output + ": 6 frames");
        assertThat(streams.upflux("upscale", pattern, "-o", pattern, "-n", "bicubic-x2", "--overwrite"))
                .isEqualTo(1);
        assertThat(streams.err()).contains(pattern + ": is the input itself");
    }

    @Test
    void anUnwritableSnapshotIsAWarningAlone() {
        Path clip = clip("clip.mp4");
        Path output = folder.resolve("out.mkv");
        int exit = streams.upflux(
                "upscale", clip, "-o", output, "-n", "bicubic-x2", "--snapshot", folder.resolve("none/newest.jpeg"));
        assertThat(exit).isZero();
        assertThat(streams.err()).contains("no pictures of the work");
        assertThat(output).exists();
    }

    @Test
    void programsReadProgressAndAResult() {
        Path clip = clip("clip.mp4");

        int exit = streams.upflux("upscale", clip, "-o", folder.resolve("out.mp4"), "-n", "bicubic-x2", "--json");

        assertThat(exit).describedAs(streams.err()).isZero();
        List<JsonNode> events = streams.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(events.subList(0, events.size() - 1))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.fieldNames())
                        .toIterable()
                        .containsExactly("event", "frame", "frames", "fps", "etaSeconds"));
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly(
                        "event",
                        "frames",
                        "seconds",
                        "fps",
                        "model",
                        "provider",
                        "precision",
                        "windows",
                        "batchFill",
                        "inferenceSeconds",
                        "predictedSeconds",
                        "halted",
                        "warnings");
        assertThat(result.get("event").asText()).isEqualTo("result");
        assertThat(result.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(result.get("fps").asDouble() * result.get("seconds").asDouble())
                .isCloseTo(FRAMES, within(0.1));
        assertThat(result.get("model").asText()).isEqualTo("bicubic-x2");
        assertThat(result.get("windows").fieldNames())
                .toIterable()
                .containsExactly("unchanged", "updated", "computed", "new");
        double windows = 0;
        for (JsonNode share : result.get("windows")) {
            windows += share.asDouble();
        }
        assertThat(windows).isEqualTo(1);
        assertThat(result.get("batchFill").asDouble()).isBetween(0.01, 1.0);
        assertThat(result.get("inferenceSeconds").asDouble()).isPositive();
        assertThat(result.get("predictedSeconds").asDouble())
                .as("nothing is measured of a resizer")
                .isZero();
        assertThat(result.get("halted").isArray()).isTrue();
        assertThat(result.get("warnings")).isEmpty();
    }

    @Test
    void dumpedReuseSaysOfEachFrameWhatItTook() throws IOException {
        Path maps = folder.resolve("maps");
        streams.upflux(
                "upscale",
                clip("clip.mp4"),
                "-o",
                folder.resolve("o.mp4"),
                "-n",
                "bicubic-x2",
                "--json",
                "--no-progress",
                "--dump-reuse",
                maps);
        JsonNode result = streams.json().get(0);
        List<String> lines = Files.readAllLines(maps.resolve("clip.jsonl"));
        assertThat(lines).hasSize(FRAMES);
        double seconds = 0;
        for (int i = 0; i < FRAMES; i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            assertThat(line.get("frame").asInt()).isEqualTo(i + 1);
            assertThat(line.get("computed").asInt())
                    .isLessThanOrEqualTo(line.get("windows").asInt());
            assertThat(line.get("batchFill").asDouble()).isBetween(0.01, 1.0);
            seconds += line.get("inferenceSeconds").asDouble();
        }
        assertThat(seconds).isCloseTo(result.get("inferenceSeconds").asDouble(), within(0.001 + 1e-6 * FRAMES));
    }

    @Test
    void noProgressLeavesTheResultOnly() {
        Path clip = clip("clip.mp4");
        streams.upflux("upscale", clip, "-o", folder.resolve("o.mp4"), "-n", "bicubic-x2", "--json", "--no-progress");
        assertThat(streams.json())
                .singleElement()
                .satisfies(event -> assertThat(event.get("event").asText()).isEqualTo("result"));
    }

    @Test
    void heightIsReachedExactly() {
        Path clip = clip("clip.mp4");
        Path output = folder.resolve("out.mp4");
        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic", "--height", 120))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(output).height()).isEqualTo(120);
        assertThat(TestMedia.format(output).width()).isEqualTo(160);
        assertThat(streams.err()).contains("bicubic-x3");
    }

    @Test
    void aPartOfAClip() {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), WIDTH, HEIGHT, 50); // two seconds
        assertThat(streams.upflux(
                        "upscale",
                        clip,
                        "-o",
                        folder.resolve("part.mp4"),
                        "-n",
                        "bicubic-x2",
                        "--start",
                        "0.4",
                        "--duration",
                        "0:01",
                        "--json",
                        "--no-progress"))
                .isZero();
        assertThat(streams.json().get(0).get("frames").asInt()).isEqualTo(25);
    }

    @Test
    void aPictureOfAVideoIsThatOfTheTimeAskedFor() {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), WIDTH, HEIGHT, 50); // two seconds
        Path picture = folder.resolve("a.png");
        assertThat(streams.upflux("upscale", clip, "-o", picture, "-n", "bicubic-x2", "--start", "0.4"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains(picture + ": 1 frame");
        Path numbered = folder.resolve("n%d.png");
        streams.upflux("upscale", clip, "-o", numbered, "-n", "bicubic-x2", "--start", "0.4", "--duration", "0.08");
        assertThat(picture).hasSameBinaryContentAs(folder.resolve("n1.png"));
    }

    @Test
    void aVideoThatIsNoPictureIsRefusedBeforeAnyWork() throws IOException {
        Path clip = clip("clip.mp4");
        Path picture = folder.resolve("a.png");
        assertThat(streams.upflux("upscale", clip, "-o", picture, "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(streams.err())
                .contains(picture + ": about 6 frames do not fit into one picture; --start T takes that of a time");
        assertThat(names()).containsExactly("clip.mp4");
    }

    @Test
    void aGpuThatIsNamedAndDoesNotWorkIsAnError() throws IOException {
        Path clip = clip("clip.mp4");
        // No machine has a hundredth GPU.
        assertThat(streams.upflux(
                        "upscale", clip, "-o", folder.resolve("o.mp4"), "-n", "plain-s-x2", "--device", "cuda:99"))
                .isEqualTo(1);
        assertThat(streams.err())
                .contains("plain-s-x2: does not run on cuda:99: ", "; device auto takes the CPU where no GPU works");
        assertThat(names()).containsExactly("clip.mp4");
    }

    @Test
    void ofSeveralTheRestIsAskedForByResume() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        TestMedia.write(in.resolve("a.mp4"), WIDTH, HEIGHT, FRAMES);
        TestMedia.write(in.resolve("b.mp4"), WIDTH, HEIGHT, FRAMES);
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("a.mp4"), "done");
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2")).isEqualTo(1);
        assertThat(streams.err())
                .contains("exists already; --overwrite replaces it, --resume goes on with what is not there yet");
        assertThat(streams.upflux("upscale", in, "-o", out, "-n", "bicubic-x2", "--resume"))
                .isZero();
    }

    @Test
    void existingOutputStaysUnlessOverwritten() throws IOException {
        Path clip = clip("clip.mp4");
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
        Path clip = clip("clip.mp4");
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
        assertThat(names()).containsExactlyInAnyOrder("notes.txt", "empty.mp4");
    }

    @Test
    void unknownModelsAndScalesFail() {
        Path clip = clip("clip.mp4");
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
    void anUnwritableOutputFails() {
        Path clip = clip("clip.mp4");
        Path output = folder.resolve("nowhere/out.mp4");
        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2"))
                .isEqualTo(1);
        assertThat(streams.err()).contains("nowhere");
    }

    @Test
    void oneFailedFileDoesNotStopTheOthers() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        TestMedia.write(in.resolve("a.mp4"), WIDTH, HEIGHT, FRAMES);
        Files.writeString(in.resolve("b.mp4"), "not a video");
        TestMedia.write(in.resolve("c.mkv"), WIDTH, HEIGHT, FRAMES);
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
    void warningsAreCountedAndFailWhenStrict() throws IOException {
        byte[] whole = Files.readAllBytes(TestMedia.write(folder.resolve("clip.mkv"), WIDTH, HEIGHT, 50));
        Path cut = Files.write(folder.resolve("cut.mkv"), Arrays.copyOf(whole, whole.length / 2));

        assertThat(streams.upflux(
                        "upscale", cut, "-o", folder.resolve("a.mkv"), "-n", "bicubic-x2", "--json", "--no-progress"))
                .describedAs(streams.err())
                .isZero();
        JsonNode result = streams.json().get(0);
        assertThat(result.get("frames").asInt()).isBetween(1, 49);
        assertThat(result.get("warnings")).isNotEmpty();
        assertThat(streams.err())
                .contains("warning: " + result.get("warnings").get(0).asText());

        assertThat(streams.upflux("upscale", cut, "-o", folder.resolve("b.mkv"), "-n", "bicubic-x2", "--strict"))
                .isEqualTo(1);
        assertThat(streams.err()).contains("--strict");
    }

    @Test
    void severalFilesEndWithASummary() {
        Path out = folder.resolve("out");
        assertThat(streams.upflux("upscale", clip("a.mp4"), clip("b.mp4"), "-o", out, "-n", "bicubic-x2"))
                .isZero();
        assertThat(streams.err()).contains("2 of 2 files done: 12 frames");
    }

    @Test
    void anInterruptLeavesNoHalfFile() throws Exception {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), 640, 480, 400);
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> streams.upflux("upscale", clip, "-o", folder.resolve("out.mp4"), "-n", "lanczos-x4", "--json"),
                Schedulers.boundedElastic()::schedule);
        while (streams.json().isEmpty() && !exit.isDone()) {
            Thread.sleep(5);
        }

        Signal.raise(new Signal("INT"));

        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(130);
        assertThat(names()).containsExactly("clip.mp4");
        List<JsonNode> events = streams.json();
        assertThat(events.get(events.size() - 1)).hasToString("{\"event\":\"error\",\"message\":\"interrupted\"}");
    }

    private Path clip(String name) {
        return TestMedia.write(folder.resolve(name), WIDTH, HEIGHT, FRAMES);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
