package io.upflux.cluster;

import static org.apache.spark.sql.functions.lit;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    /** Options of both programs. */
    private static final List<String> ALIKE =
            List.of("--device", "cpu", "--segment", "1s", "--video-codec", "mpeg4", "--threads", "1");

    private final List<String> options = new ArrayList<>();

    @TempDir
    private Path folder;

    private Path films;
    private Path made;
    private String said = "";
    private String out = "";
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
    void tablesNameInputsAndOutputs() throws IOException {
        Path clip = clip(films.resolve("clip.mkv"), 2);
        String rows = "input,output\n" + clip + ",new/name.mkv\n";
        Path csv = Files.writeString(folder.resolve("films.csv"), rows);
        Path parquet = folder.resolve("films.parquet");
        try (SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "localhost")
                .getOrCreate()) {
            Dataset<Row> table = spark.read().option("header", true).csv(csv.toString());
            table.withColumn("output", lit("columns.mkv")).write().parquet(parquet.toString());
        }
        assertThat(run(csv.toString(), parquet.toString())).isEqualTo(0);
        assertThat(files(made)).containsExactly("columns.mkv", "new/name.mkv");
    }

    @Test
    void aColonIsPartOfAName() throws IOException {
        clip(films.resolve("12:30.mkv"), 1);
        Path clip = clip(folder.resolve("clip.mkv"), 1);
        String rows = "input,output\n" + clip + ",stored:/elsewhere/clip.mkv\nAlien: Director.mkv,\n";
        Path table = Files.writeString(folder.resolve("films.csv"), rows);
        assertThat(run("stored:" + films, table.toString())).isEqualTo(1);
        assertThat(files(made)).containsExactly("12:30.mkv", "stored:/elsewhere/clip.mkv");
        assertThat(said).contains("failed   Alien: Director.mkv: is no path: ");
    }

    @Test
    void aHeightIsReachedFromAnyOther() throws IOException {
        Path low = clip(films.resolve("low.mkv"), 1);
        Path high = films.resolve("high.mkv");
        FfmpegPrograms.ffmpeg("-i", low.toString(), "-s", "128x96", "-c:v", "mpeg4", high.toString());
        options.addAll(List.of("-n", "plain-s", "--height", "176"));
        assertThat(run(films.toString())).isEqualTo(0);
        for (Path clip : List.of(low, high)) {
            Path output = made.resolve(clip.getFileName());
            assertThat(FfmpegPrograms.ffprobe(
                            "-v",
                            "error",
                            "-select_streams",
                            "v",
                            "-show_entries",
                            "stream=height",
                            "-of",
                            "csv=p=0",
                            output.toString()))
                    .startsWith("176");
            assertThat(frames(output)).isEqualTo(frames(alone(clip)));
        }
    }

    @Test
    void whatAFilmLosesIsSaid() throws IOException {
        Path titles = Files.writeString(folder.resolve("titles.srt"), "1\n00:00:00,000 --> 00:00:01,000\nhello\n");
        Path clip = films.resolve("titled.mkv");
        FfmpegPrograms.ffmpeg(
                "-i",
                clip(folder.resolve("plain.mkv"), 1).toString(),
                "-i",
                titles.toString(),
                "-map",
                "0:v",
                "-map",
                "1",
                "-c",
                "copy",
                clip.toString());
        Path table = Files.writeString(folder.resolve("films.csv"), "input,output\n" + clip + ",titled.avi\n");
        assertThat(run(table.toString())).isEqualTo(0);
        assertThat(said).contains("         warning: subtitle stream 1 (subrip) is dropped");
        assertThat(report.path("outcomes").path(0).path("warnings")).isNotEmpty();
    }

    @Test
    void countersReachSparksSinks() throws IOException {
        clip(films.resolve("clip.mkv"), 2);
        Files.writeString(films.resolve("poisoned.mkv"), "this is no film");
        Path sink = Files.createDirectory(folder.resolve("metrics"));
        options.addAll(List.of("--conf", "spark.metrics.conf.*.sink.csv.class=org.apache.spark.metrics.sink.CsvSink"));
        options.addAll(List.of("--conf", "spark.metrics.conf.*.sink.csv.directory=" + sink));
        assertThat(run("stored:" + films)).isEqualTo(1);
        assertThat(last(sink, "films")).isEqualTo(2);
        assertThat(last(sink, "films.done")).isEqualTo(1);
        assertThat(last(sink, "films.failed")).isEqualTo(1);
        assertThat(last(sink, "frames.done")).isEqualTo(20);
        assertThat(last(sink, "frames.promised")).isEqualTo(20);
        for (String positive : List.of("frames", "device.seconds", "bytes.read", "bytes.written", "leaps")) {
            assertThat(last(sink, positive)).as(positive).isPositive();
        }
    }

    /** What a counter was in the end. */
    private static double last(Path sink, String name) throws IOException {
        Path file = sink.resolve("upflux.driver.plugin." + UpfluxPlugin.class.getName() + "." + name + ".csv");
        List<String> lines = Files.readAllLines(file);
        return Double.parseDouble(lines.get(lines.size() - 1).split(",")[1]);
    }

    @Test
    void aPoisonedFilmFailsAlone() throws IOException {
        clip(films.resolve("good.mkv"), 2);
        Files.writeString(films.resolve("poisoned.mkv"), "this is no film");
        clip(films.resolve("secret.mkv"), 1);
        clip(films.resolve("full.mkv"), 2);
        Files.writeString(films.resolve("guarded.mkv"), "never read");
        assertThat(run("stored:" + films, "stored:" + films.resolve("gone.mkv")))
                .isEqualTo(1);
        assertThat(files(made)).containsExactly("good.mkv");
        assertThat(said)
                .contains("failed   stored:" + films.resolve("poisoned.mkv") + ": not a media file")
                .contains("poisoned.mkv: not a media file, or damaged beyond reading (on ")
                .contains("secret.mkv: permission denied (on ")
                .contains("full.mkv: No space left on device (on ")
                .contains("gone.mkv: no such file")
                .contains(".guarded.mkv.upflux/whole.json: permission denied")
                .contains("1 done, 0 there already, 5 failed");
        assertThat(report.path("failed").asInt()).isEqualTo(5);
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
    void aJobThatWasTakenOverLeavesTheOutputToTheOther() throws IOException {
        clip(films.resolve("overtaken.mkv"), 1);
        assertThat(run("stored:" + films)).isEqualTo(1);
        assertThat(said)
                .contains("upflux: stored:" + made + ": another job has taken over, ")
                .contains("(the other job holds stored:" + made + "/.upflux.lock)");
        assertThat(files(made)).contains(".upflux.lock").doesNotContain("overtaken.mkv");
    }

    @Test
    void aFolderWithoutVideosIsSaidSo() {
        assertThat(run(films.toString())).isEqualTo(1);
        assertThat(said).contains("upflux: " + films + ": no video in this folder");
    }

    @Test
    void onlyWhatALibraryCanBeGivenIsOffered() {
        assertThat(run("--help")).isZero();
        assertThat(out).contains("--reuse", "--segment", "--conf").doesNotContain("--dump-", "--snapshot", "--jobs");
    }

    @Test
    void aTableWithoutInputsIsSaidSo() throws IOException {
        Path table = Files.writeString(folder.resolve("films.csv"), "film\nx.mkv\n");
        assertThat(run(table.toString())).isEqualTo(1);
        assertThat(said).contains("films.csv: the table has no column named input, but [film]");
    }

    private int run(String... inputs) {
        List<String> arguments = new ArrayList<>(List.of("run", "--json", "-o", "stored:" + made));
        arguments.addAll(ALIKE);
        arguments.addAll(options);
        for (String property : List.of(
                "spark.master=local[2]",
                "spark.ui.enabled=false",
                "spark.driver.host=localhost",
                "spark.hadoop.fs.stored.impl=" + StoredFiles.class.getName())) {
            arguments.addAll(List.of("--conf", property));
        }
        arguments.addAll(List.of(inputs));
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new Console(new PrintStream(stdout, true), new PrintStream(err, true), false),
                arguments.toArray(String[]::new));
        said = err.toString(StandardCharsets.UTF_8);
        System.err.print(said);
        out = stdout.toString(StandardCharsets.UTF_8);
        try {
            List<String> lines =
                    out.lines().filter(line -> line.startsWith("{")).toList();
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
        List<String> arguments = new ArrayList<>(List.of("upscale", clip.toString(), "-o", output.toString()));
        arguments.addAll(ALIKE);
        arguments.addAll(options);
        int code = UpfluxCommand.execute(new Console(stream, stream, false), arguments.toArray(String[]::new));
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
