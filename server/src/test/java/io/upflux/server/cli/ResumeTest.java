package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.codecs.FfmpegPrograms;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import sun.misc.Signal;

/** What becomes of a job that is stopped, by whatever, and of its second run. */
class ResumeTest {
    private static final int SECONDS = 8;
    private static final int FRAMES = 25 * SECONDS;

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    private Path clip;
    private Path output;
    private Path work;

    @BeforeEach
    void makeClip() {
        clip = folder.resolve("clip.mkv");
        output = folder.resolve("out.mkv");
        work = folder.resolve(".out.mkv.upflux");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x240:rate=25:duration=" + SECONDS,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=" + SECONDS,
                "-c:v",
                "mpeg4",
                "-bf",
                "2",
                "-g",
                "40",
                "-c:a",
                "aac",
                clip.toString());
    }

    @Test
    void anInterruptKeepsWhatIsFinishedAndTheSecondRunGivesTheSameFile() throws Exception {
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole))).isZero();
        interrupt();
        assertThat(streams.err()).contains("upflux: interrupted; --resume continues with what is finished");
        assertThat(output).doesNotExist();

        Streams without = new Streams();
        assertThat(without.upflux(command(output))).isEqualTo(1);
        assertThat(without.err().lines())
                .containsExactly("upflux: " + output + ": an earlier run left its work in " + work
                        + "; --resume continues it, --overwrite starts anew");

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        List<JsonNode> events = again.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(result.get("frames").asInt()).isEqualTo(FRAMES);
        assertThat(result.get("resumed").asInt()).isBetween(1, FRAMES - 1);
        assertThat(work).doesNotExist();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void theSecondRunGoesByTheCalibrationOfTheFirst() throws Exception {
        interrupt();
        Path journal = work.resolve("journal.jsonl");
        List<String> lines = new ArrayList<>(Files.readAllLines(journal));
        String header = "{\"calibration\":{\"costs\":{\"16\":300},\"pixelSeconds\":1000},"
                + lines.get(0).substring(1, lines.get(0).lastIndexOf(",\"crc\""));
        CRC32 crc = new CRC32();
        crc.update(header.getBytes(StandardCharsets.UTF_8));
        lines.set(0, header + String.format(",\"crc\":\"%08x\"}", crc.getValue()));
        Files.write(journal, lines);

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        List<JsonNode> events = again.json();
        JsonNode result = events.get(events.size() - 1);
        assertThat(result.get("resumed").asInt()).isPositive();
        // A whole picture is supposed to take 1000 s a pixel.
        assertThat(result.get("predictedSeconds").asDouble()).isGreaterThanOrEqualTo(1000.0 * 320 * 240);
        assertThat(result.get("inferenceSeconds").asDouble()).isLessThan(1000);
    }

    @Test
    void severalAtATimeGiveTheSameFramesInOrder() {
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole, "--threads", "1"))).isZero();
        assertThat(streams.upflux(command(output, "--threads", "3", "--jobs", "3")))
                .describedAs(streams.err())
                .isZero();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void damageIsFoundAndComputedAgain() throws Exception {
        interrupt();
        Path first = work.resolve("000000.packets");
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length / 2] ^= 1;
        Files.write(first, bytes);
        Files.writeString(work.resolve("journal.jsonl"), "{\"segment\":1,\"fra", StandardOpenOption.APPEND);

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err())
                .contains(first + ": is damaged and computed again")
                .contains(work.resolve("journal.jsonl") + ": 1 unreadable line(s)");
        Path whole = folder.resolve("whole.mkv");
        assertThat(new Streams().upflux(command(whole))).isZero();
        assertThat(content(output)).isEqualTo(content(whole));
    }

    @Test
    void withoutTheJobsDescriptionNothingIsTrusted() throws Exception {
        interrupt();
        Path journal = work.resolve("journal.jsonl");
        Files.writeString(journal, "\u0000" + Files.readString(journal).substring(1));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--json")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err()).contains(journal + ": its first line is damaged; everything is computed again");
        List<JsonNode> events = again.json();
        assertThat(events.get(events.size() - 1).path("resumed").asInt()).isZero();
        assertThat(work).doesNotExist();
    }

    /** Killed between the output's getting its name and the end of tidying up. */
    @Test
    void whatIsLeftBesideAFinishedOutputIsTidiedUp() throws Exception {
        interrupt();
        String journal = Files.readString(work.resolve("journal.jsonl"));
        assertThat(new Streams().upflux(command(output, "--resume"))).isZero();
        byte[] whole = Files.readAllBytes(output);
        Files.createDirectory(work);
        String end = "{\"whole\":{\"bytes\":" + whole.length + "}";
        CRC32 crc = new CRC32();
        crc.update(end.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                work.resolve("journal.jsonl"), journal + end + String.format(",\"crc\":\"%08x\"}\n", crc.getValue()));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume")))
                .describedAs(again.err())
                .isZero();
        assertThat(again.err()).doesNotContain("computed again");
        assertThat(work).doesNotExist();
        assertThat(output).hasBinaryContent(whole);
    }

    /** Killed in the join or the check. */
    @Test
    void whatIsHalfWrittenIsTidiedUp() throws Exception {
        interrupt();
        Path half = Files.write(work.resolve("whole.mkv"), new byte[100]);
        Path less = Files.write(work.resolve(".whole.partial-123456.mkv"), new byte[100]);
        Streams other = new Streams();
        Files.write(output, new byte[10]);
        assertThat(other.upflux(command(output, "--resume"))).isEqualTo(1);
        assertThat(other.err()).contains(output + ": exists already; --overwrite replaces it");
        Files.delete(output);
        assertThat(half).exists();

        // The disk is full of them, so that they must go before anything is written.
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> new Streams().upflux(command(output, "--resume")), Schedulers.boundedElastic()::schedule);
        while (!exit.isDone() && (Files.exists(half) || Files.exists(less))) {
            Thread.sleep(2);
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(work).doesNotExist();
    }

    @Test
    void ofSeveralThoseThatAreThereAreLeftAlone() throws Exception {
        Path outputs = Files.createDirectory(folder.resolve("outputs"));
        Path other = Files.copy(clip, folder.resolve("other.mkv"));
        Path done = Files.writeString(outputs.resolve("clip.mkv"), "done");
        assertThat(streams.upflux(
                        "upscale",
                        clip.toString(),
                        other.toString(),
                        "-o",
                        outputs + "/",
                        "-n",
                        "bicubic-x2",
                        "--resume"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains("clip.mkv: is there already");
        assertThat(done).hasContent("done");
        assertThat(content(outputs.resolve("other.mkv"))).isNotEmpty();
    }

    @Test
    void anotherJobIsRefusedWithWhatDiffers() throws Exception {
        interrupt();
        assertRefused("encoding crf was not given, is 30", "--crf", "30");
        assertRefused("model name was bicubic-x2, is lanczos-x2", "-n", "lanczos-x2");
        assertRefused("segments seconds was 1.0, is 2.0", "--segment", "2");
        Files.write(clip, new byte[1], StandardOpenOption.APPEND);
        assertRefused("input bytes was ");

        Streams anew = new Streams();
        assertThat(anew.upflux(command(output, "--resume", "--overwrite", "--crf", "30")))
                .describedAs(anew.err())
                .isZero();
        assertThat(anew.err()).contains("encoding crf was not given, is 30").contains("it is begun anew");
        assertThat(work).doesNotExist();
    }

    @Test
    void aFullDiskKeepsWhatIsFinished() throws Exception {
        assumeThat(Path.of("/dev/full")).exists();
        interrupt();
        int next = finished();
        Path link = work.resolve(String.format("%06d.packets.partial", next));
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("/dev/full"));

        Streams again = new Streams();
        assertThat(again.upflux(command(output, "--resume", "--no-progress"))).isEqualTo(1);
        assertThat(again.err())
                .contains(link + ": cannot be written: No space left on device; " + next + " of ")
                .contains(" segments are kept in " + work + ", --resume continues");
        assertThat(output).doesNotExist();

        assertThat(streams.upflux(command(output, "--resume")))
                .describedAs(streams.err())
                .isZero();
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneLine() {
        assumeThat(Path.of("/sys")).isDirectory();
        Path there = Path.of("/sys/out.mkv");
        assertThat(streams.upflux(command(there))).isEqualTo(1);
        assertThat(streams.err().lines()).singleElement().asString().startsWith("upflux: " + there + ": cannot write");
    }

    @Test
    void anInputThatVanishesKeepsWhatIsFinished() throws Exception {
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> streams.upflux(command(output)), Schedulers.boundedElastic()::schedule);
        awaitSegments(exit);
        Files.move(clip, folder.resolve("elsewhere.mkv"));
        assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(streams.err()).contains(clip + ": no such file; ", "--resume continues");

        assertThat(streams.upflux(command(output, "--resume"))).isEqualTo(1);
        Files.move(folder.resolve("elsewhere.mkv"), clip);
        assertThat(streams.upflux(command(output, "--resume")))
                .describedAs(streams.err())
                .isZero();
    }

    @Test
    void twoOnOneOutputIsRefused() throws Exception {
        Files.createDirectory(work);
        Path lock = work.resolve("lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertInUse(streams, lock);
        }
    }

    @Test
    void twoProcessesOnOneOutputAreRefused() throws Exception {
        Files.createDirectory(work);
        Path lock = work.resolve("lock");
        Path holder = Files.writeString(folder.resolve("Holder.java"), """
                import java.nio.channels.FileChannel;
                import java.nio.file.Path;
                import java.nio.file.StandardOpenOption;

                class Holder {
                    public static void main(String[] lock) throws Exception {
                        FileChannel.open(Path.of(lock[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE).lock();
                        System.out.println("held");
                        System.in.read();
                    }
                }
                """);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        holder.toString(),
                        lock.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
            assertInUse(streams, lock);
        } finally {
            other.destroyForcibly().waitFor();
        }
        // Its end ends the lock, however it came.
        Streams afterwards = new Streams();
        assertThat(afterwards.upflux(command(output)))
                .describedAs(afterwards.err())
                .isZero();
        assertThat(work).doesNotExist();
    }

    @Test
    void whatIsLeftIsReplacedWhereThatIsAllowed() throws IOException {
        Files.createDirectory(work);
        Files.writeString(work.resolve("journal.jsonl"), "{}");
        assertThat(streams.upflux(command(output))).isEqualTo(1);
        assertThat(streams.upflux(command(output, "--overwrite")))
                .describedAs(streams.err())
                .isZero();
        assertThat(work).doesNotExist();
    }

    @Test
    void nothingToResumeIsABeginning() throws IOException {
        assertThat(streams.upflux(command(output, "--resume"))).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(clip, output);
        }
    }

    private String[] command(Path to, String... more) {
        List<String> words = new ArrayList<>(
                List.of("upscale", clip.toString(), "-o", to.toString(), "-n", "bicubic-x2", "--segment", "1"));
        for (int i = 0; i < more.length; i++) {
            int given = words.indexOf(more[i]);
            if (more[i].startsWith("-") && given >= 0) {
                words.set(given + 1, more[++i]);
            } else {
                words.add(more[i]);
            }
        }
        return words.toArray(String[]::new);
    }

    /** Stops a job when some of its segments are finished and others are not. */
    private void interrupt() throws Exception {
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> streams.upflux(command(output)), Schedulers.boundedElastic()::schedule);
        awaitSegments(exit);
        // Where nothing waits for the signal, it ends this process.
        assertThat(exit).describedAs(streams.err()).isNotDone();
        Signal.raise(new Signal("TERM"));
        assertThat(exit.get(60, TimeUnit.SECONDS)).describedAs(streams.err()).isEqualTo(130);
        assertThat(finished()).isBetween(1, SECONDS - 1);
    }

    private void awaitSegments(CompletableFuture<Integer> exit) throws Exception {
        while (finished() < 1 && !exit.isDone()) {
            Thread.sleep(2);
        }
    }

    private int finished() throws IOException {
        Path journal = work.resolve("journal.jsonl");
        return Files.exists(journal)
                ? (int) Files.readAllLines(journal).stream()
                        .filter(line -> line.startsWith("{\"segment\""))
                        .count()
                : 0;
    }

    private void assertInUse(Streams refused, Path lock) {
        assertThat(refused.upflux(command(output))).isEqualTo(1);
        assertThat(refused.err().lines())
                .containsExactly("upflux: " + output + ": another process is writing it (it holds " + lock
                        + "); wait for its end or choose another output");
    }

    private void assertRefused(String difference, String... other) {
        Streams refused = new Streams();
        List<String> more = new ArrayList<>(List.of("--resume"));
        more.addAll(List.of(other));
        assertThat(refused.upflux(command(output, more.toArray(String[]::new)))).isEqualTo(1);
        assertThat(refused.err())
                .contains(output + ": cannot be resumed, since this is another job than the one begun: ")
                .contains(difference);
    }

    /** Every picture decoded, every packet of sound as it is, with times. */
    private static List<String> content(Path file) {
        return FfmpegPrograms.frames(file.toString())
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }
}
