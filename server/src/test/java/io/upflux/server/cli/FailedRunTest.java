package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import sun.misc.Signal;

/** Runs that end midway: their encoder or container fails, or they are interrupted. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class FailedRunTest {
    private static final int SECONDS = 4;

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    /** DNxHR has no room for noise where its quantizer is bounded: it fails where the noise begins. */
    @Test
    void anEncoderThatFailsKeepsTheSegmentsBeforeAndNothingHalfWritten() throws IOException {
        Path clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "color=black:size=160x120:rate=10:duration=2,format=yuv422p",
                "-f",
                "lavfi",
                "-i",
                "color=gray:size=160x120:rate=10:duration=2,noise=alls=100:allf=t,format=yuv422p",
                "-filter_complex",
                "[0][1]concat=n=2:v=1",
                "-c:v",
                "ffv1",
                "-g",
                "10",
                clip.toString());
        Path output = folder.resolve("out.mov");
        Path work = folder.resolve(".out.mov.upflux");

        assertThat(streams.upflux(
                        "upscale",
                        clip.toString(),
                        "-o",
                        output.toString(),
                        "-n",
                        "bicubic-x2",
                        "--segment",
                        "1",
                        "--no-progress",
                        "--video-codec",
                        "dnxhd",
                        "-e",
                        "profile=dnxhr_lb",
                        "-e",
                        "qmax=2"))
                .isEqualTo(1);
        assertThat(streams.err().lines().filter(line -> line.startsWith("upflux: ")))
                .singleElement()
                .asString()
                .contains("encoder dnxhd: ", " of 4 segments are kept in " + work);
        assertThat(output).doesNotExist();
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .contains("000000.packets")
                    .noneMatch(name -> name.endsWith(".partial"));
        }
    }

    /** Each segment is a file of its own, and the whole is larger than a file may be. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aContainerThatFailsKeepsAllSegments() throws Exception {
        Path clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:rate=25",
                "-t",
                "" + SECONDS,
                "-c:v",
                "mpeg4",
                "-g",
                "25",
                clip.toString());
        Path whole = folder.resolve("whole.mkv");
        assertThat(streams.upflux(command(clip, whole)))
                .describedAs(streams.err())
                .isZero();
        Path output = folder.resolve("out.mkv");
        Path said = folder.resolve("said");
        ProcessBuilder limited = new ProcessBuilder(
                "sh",
                "-c",
                // In blocks of 512 bytes.
                "ulimit -f " + Files.size(whole) / 2 / 512 + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                Main.class.getName());
        limited.command().addAll(List.of(command(clip, output)));
        limited.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        assertThat(limited.redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start()
                        .waitFor())
                .isEqualTo(1);
        Path work = folder.resolve(".out.mkv.upflux");
        assertThat(said)
                .content()
                .contains(": File too large; " + SECONDS + " of " + SECONDS + " segments are kept in " + work);
        assertThat(output).doesNotExist();

        assertThat(streams.upflux(Stream.concat(Stream.of(command(clip, output)), Stream.of("--resume"))
                        .toArray(String[]::new)))
                .describedAs(streams.err())
                .isZero();
        assertThat(output).exists();
        assertThat(work).doesNotExist();
    }

    /** An encoder that leaves out what its rate has no room for. */
    @Test
    void aShortOutputThatIsNotWhatItShouldBeNeverGetsItsName() throws IOException {
        Path clip = FfmpegPrograms.clip(
                folder.resolve("clip.mkv"), "testsrc2=size=160x120:rate=25:duration=2", "-c:v", "mpeg4");
        Path output = Files.writeString(folder.resolve("out.mkv"), "from before");
        assertThat(streams.upflux(
                        "upscale",
                        clip.toString(),
                        "-o",
                        output.toString(),
                        "--overwrite",
                        "-n",
                        "bicubic-x2",
                        "--no-progress",
                        "--video-codec",
                        "libvpx",
                        "--bitrate",
                        "5k",
                        "-e",
                        "drop-threshold=100",
                        "-e",
                        "deadline=realtime"))
                .isEqualTo(1);
        assertThat(streams.err())
                .contains(output + ": the result is not what it should be: ", " frames in the file, 50 were encoded");
        assertThat(output).hasContent("from before");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("clip.mkv", "out.mkv");
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
        assertThat(folder.toFile().list()).containsExactly("clip.mp4");
        List<JsonNode> events = streams.json();
        assertThat(events.get(events.size() - 1)).hasToString("{\"event\":\"error\",\"message\":\"interrupted\"}");
    }

    private static String[] command(Path clip, Path output) {
        return new String[] {
            "upscale", clip.toString(), "-o", output.toString(), "-n", "bicubic-x2", "--segment", "1", "--no-progress"
        };
    }
}
