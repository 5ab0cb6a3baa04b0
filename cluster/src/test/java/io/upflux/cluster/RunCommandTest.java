package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.UpfluxCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    private Path folder;

    private Path films;
    private Path made;
    private String said = "";
    private JsonNode report = new ObjectMapper().createObjectNode();

    @BeforeEach
    void makeFolders() throws IOException {
        films = Files.createDirectories(folder.resolve("films/old"));
        made = folder.resolve("made");
    }

    @Test
    void aFolderBecomesWhatOneMachineMakesOfIt() throws IOException {
        Path clip = clip(films.resolve("clip.mkv"), 3);
        Path other = clip(folder.resolve("films").resolve("other.mp4"), 2);
        assertThat(run("stored:" + folder.resolve("films"))).isEqualTo(0);
        assertThat(files(made)).containsExactly("old/clip.mkv", "other.mp4");
        assertThat(report.path("frames").asInt()).isEqualTo(50);
        assertThat(frames(made.resolve("old/clip.mkv"))).isEqualTo(frames(alone(clip)));
        assertThat(frames(made.resolve("other.mp4"))).isEqualTo(frames(alone(other)));
        assertThat(run("stored:" + folder.resolve("films"))).isEqualTo(0);
        assertThat(report.path("present").asInt()).isEqualTo(2);
    }

    @Test
    void aTableNamesInputsAndOutputs() throws IOException {
        clip(films.resolve("clip.mkv"), 2);
        Path table = Files.writeString(
                folder.resolve("films.csv"), "input,output\n" + films.resolve("clip.mkv") + ",new/name.mkv\n");
        assertThat(run(table.toString())).isEqualTo(0);
        assertThat(files(made)).containsExactly("new/name.mkv");
    }

    @Test
    void aPoisonedFilmFailsAlone() throws IOException {
        clip(films.resolve("good.mkv"), 2);
        Files.writeString(films.resolve("poisoned.mkv"), "this is no film");
        clip(films.resolve("secret.mkv"), 1);
        clip(films.resolve("full.mkv"), 2);
        assertThat(run("stored:" + films, "stored:" + films.resolve("gone.mkv")))
                .isEqualTo(1);
        assertThat(files(made)).containsExactly("good.mkv");
        assertThat(said)
                .contains("failed   stored:" + films.resolve("poisoned.mkv") + ": not a media file")
                .contains("poisoned.mkv: not a media file, or damaged beyond reading (on ")
                .contains("secret.mkv: permission denied (on ")
                .contains("full.mkv: No space left on device (on ")
                .contains("gone.mkv: no such file")
                .contains("1 done, 0 there already, 4 failed");
        assertThat(report.path("failed").asInt()).isEqualTo(4);
    }

    @Test
    void whatIsFinishedOfAStoppedJobIsNotDoneAgain() throws IOException {
        Path clip = clip(films.resolve("unlucky.mkv"), 3);
        StoredFiles.UNLUCKY.set(1);
        assertThat(run("stored:" + films)).isEqualTo(1);
        assertThat(said).contains("unlucky.mkv: the store is away");
        assertThat(run("stored:" + films)).isEqualTo(0);
        assertThat(report.path("outcomes").path(0).path("resumed").asInt())
                .isEqualTo(report.path("outcomes").path(0).path("segments").asInt())
                .isGreaterThan(1);
        assertThat(files(made)).containsExactly("unlucky.mkv");
        assertThat(frames(made.resolve("unlucky.mkv"))).isEqualTo(frames(alone(clip)));
    }

    @Test
    void anotherJobOnTheSameOutputIsRefused() throws IOException {
        clip(films.resolve("clip.mkv"), 1);
        org.apache.hadoop.fs.Path output = new org.apache.hadoop.fs.Path(made.toUri());
        try (OutputLock lock = OutputLock.take(output, "the other job", new Configuration(), Duration.ofMillis(200))) {
            assertThat(run(films.toString())).isEqualTo(1);
            assertThat(lock).isNotNull();
        }
        assertThat(said)
                .contains("another job is writing here (the other job holds ")
                .contains(made.toString());
        assertThat(files(made)).isEmpty();
    }

    @Test
    void aFolderWithoutVideosIsSaidSo() {
        assertThat(run(films.toString())).isEqualTo(1);
        assertThat(said).contains("upflux: " + films + ": no video in this folder");
    }

    @Test
    void aTableWithoutInputsIsSaidSo() throws IOException {
        Path table = Files.writeString(folder.resolve("films.csv"), "film\nx.mkv\n");
        assertThat(run(table.toString())).isEqualTo(1);
        assertThat(said).contains("films.csv: the table has no column named input, but [film]");
    }

    private int run(String... inputs) {
        List<String> arguments = new ArrayList<>(List.of("run", "--json", "-n", "plain-s-x2", "--device", "cpu"));
        arguments.addAll(
                List.of("--segment", "1s", "--video-codec", "mpeg4", "--threads", "1", "-o", "stored:" + made));
        for (String property : List.of(
                "spark.master=local[2]",
                "spark.ui.enabled=false",
                "spark.driver.host=localhost",
                "spark.hadoop.fs.stored.impl=" + StoredFiles.class.getName())) {
            arguments.addAll(List.of("--conf", property));
        }
        arguments.addAll(List.of(inputs));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new Console(new PrintStream(out, true), new PrintStream(err, true), false),
                arguments.toArray(String[]::new));
        said = err.toString(StandardCharsets.UTF_8);
        System.err.print(said);
        try {
            List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
            report = new ObjectMapper().readTree(lines.isEmpty() ? "{}" : lines.get(lines.size() - 1));
        } catch (IOException e) {
            throw new AssertionError(said, e);
        }
        return code;
    }

    /** What the ordinary job makes of a film. */
    private Path alone(Path clip) {
        Path output = folder.resolve("alone-" + clip.getFileName());
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true);
        int code = UpfluxCommand.execute(
                new Console(stream, stream, false),
                "upscale",
                clip.toString(),
                "-o",
                output.toString(),
                "-n",
                "plain-s-x2",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--segment",
                "1s",
                "--video-codec",
                "mpeg4");
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        return output;
    }

    private static String frames(Path file) {
        return FfmpegPrograms.frames(file.toString());
    }

    private static Path clip(Path file, int seconds) {
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=10:duration=" + seconds,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=" + seconds,
                "-c:v",
                "mpeg4",
                "-g",
                "5",
                "-c:a",
                "aac",
                file.toString());
        return file;
    }

    /** All there are, the hidden ones, too. */
    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
