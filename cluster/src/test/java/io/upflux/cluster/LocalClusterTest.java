package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors, each a process of its own; one of them is killed. */
class LocalClusterTest {
    private static final long DEADLINE_SECONDS = 120;

    @TempDir
    private Path folder;

    @Test
    void aKilledExecutorChangesNothing() throws Exception {
        Path clip = clip(folder.resolve("clip.mkv"));
        assertThat(run(false, clip, folder.resolve("embedded"), List.of("spark.master=local[1]")))
                .isZero();
        String classPath = System.getProperty("java.class.path");
        Path home = sparkHome(classPath);
        Path made = folder.resolve("made");
        assertThat(runElsewhere(clip, made, home, classPath)).isZero();
        assertThat(frames(made)).isEqualTo(frames(folder.resolve("embedded")));
        try (Stream<Path> links = Files.list(home.resolve("jars"))) {
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
        try (Stream<Path> all = Files.walk(made)) {
            assertThat(all.filter(Files::isRegularFile)).containsExactly(made.resolve("clip.mkv"));
        }
    }

    /** A process, since Spark takes its home from the environment. */
    private int runElsewhere(Path clip, Path made, Path home, String classPath) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx600m");
        java.command().addAll(List.of(System.getProperty("upflux.opens").trim().split(" +")));
        java.command().addAll(List.of(LocalClusterTest.class.getName(), clip.toString(), made.toString()));
        java.environment().put("CLASSPATH", classPath);
        java.environment().put("SPARK_HOME", home.toString());
        java.environment().put("SPARK_SCALA_VERSION", "2.13");
        java.environment().put("SPARK_WORKER_DIR", folder.resolve("work").toString());
        Process driver = java.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        CompletableFuture<Boolean> killed = CompletableFuture.supplyAsync(() -> killAnExecutor(driver, made));
        boolean ended = driver.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
        }
        String log = Files.readString(folder.resolve("log"));
        assertThat(ended).as(log).isTrue();
        assertThat(killed.get(1, TimeUnit.MINUTES)).as(log).isTrue();
        return driver.exitValue();
    }

    /** As soon as the film is begun. */
    private static boolean killAnExecutor(Process driver, Path made) {
        while (driver.isAlive()) {
            if (Files.exists(made.resolve(".clip.mkv.upflux/000000.json"))
                    || Files.exists(made.resolve(".clip.mkv.upflux/000001.json"))) {
                return driver.descendants()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                        .findFirst()
                        .map(ProcessHandle::destroyForcibly)
                        .orElse(false);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return false;
    }

    /** The other process. */
    public static void main(String[] arguments) {
        System.exit(run(
                true,
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                List.of(
                        "spark.master=local-cluster[2,1,600]",
                        "spark.executor.memory=600m",
                        "spark.executor.extraClassPath=" + folders(System.getenv("CLASSPATH")))));
    }

    /** The jars are in Spark's home: ONNX Runtime crashes where a command line has more than 4096 bytes. */
    private static String folders(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static int run(boolean heard, Path clip, Path made, List<String> properties) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = heard ? System.out : new PrintStream(said, true, StandardCharsets.UTF_8);
        Stream<String> options = Stream.of(
                "run", clip.toString(), "-o", made.toString(), "-n", "plain-s-x2", "--device", "cpu", "--threads", "1");
        Stream<String> more = Stream.of("--segment", "1s", "--video-codec", "mpeg4", "--reuse", "off");
        Stream<String> conf = Stream.concat(
                        Stream.of("spark.ui.enabled=false", "spark.driver.host=localhost"), properties.stream())
                .flatMap(property -> Stream.of("--conf", property));
        return Main.run(
                new Console(stream, stream, false),
                Stream.of(options, more, conf).flatMap(all -> all).toArray(String[]::new));
    }

    /** Where Spark's worker looks for its jars; nothing but links. */
    private Path sparkHome(String classPath) throws IOException {
        Path home = folder.resolve("spark");
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String jar : classPath.split(File.pathSeparator)) {
            Path file = Path.of(jar);
            if (jar.endsWith(".jar") && !Files.exists(jars.resolve(file.getFileName()))) {
                Files.createSymbolicLink(jars.resolve(file.getFileName()), file);
            }
        }
        return home;
    }

    private static String frames(Path made) {
        return FfmpegPrograms.frames(made.resolve("clip.mkv").toString());
    }

    private static Path clip(Path file) {
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=256x192:rate=25:duration=8",
                "-c:v",
                "mpeg4",
                "-g",
                "25",
                file.toString());
        return file;
    }
}
