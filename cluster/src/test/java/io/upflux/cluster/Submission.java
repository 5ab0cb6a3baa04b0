package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * {@code spark-submit} of the program, in a process of its own: with a home that holds the jars of Spark and of file systems, to
 * which the program brings its own.
 */
final class Submission {
    private static final String APPLICATION = "upflux-cluster.jar";
    private static final long DEADLINE_SECONDS = 300;

    /** Of processes that live for seconds: compiling better costs them more than it gives. */
    private static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private final Path folder;
    private final List<String> options = new ArrayList<>();
    private String main = "org.apache.spark.deploy.SparkSubmit";

    private Submission(Path folder) {
        this.folder = folder;
    }

    /** @param folder for its home, its log, and what executors write */
    static Submission in(Path folder) throws IOException {
        Path jars = Files.createDirectories(folder.resolve("spark/jars"));
        Path own = Files.createDirectory(folder.resolve("own"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            String module = module(path);
            if (module.isEmpty()) {
                link(jars.resolve(path.getFileName()), path);
            } else if (module.equals("cluster")) {
                // Which file systems there are, Spark knows before it has anything of the program.
                pack(path, path.endsWith("classes") ? own.resolve(APPLICATION) : jars.resolve("tests.jar"));
            } else if (Files.isDirectory(path)) {
                pack(path, own.resolve(module + "-" + path.getFileName() + ".jar"));
            } else {
                link(own.resolve(path.getFileName()), path);
            }
        }
        return new Submission(folder);
    }

    /** Name of the module of this project that is in an entry of the class path, built or being built; empty for others. */
    private static String module(Path entry) {
        int names = entry.getNameCount();
        boolean ours = names > 2 && entry.getName(names - 2).toString().equals("target");
        return ours ? entry.getName(names - 3).toString() : "";
    }

    private static void link(Path link, Path file) throws IOException {
        if (!Files.exists(link) && Files.exists(file)) {
            Files.createSymbolicLink(link, file.toAbsolutePath());
        }
    }

    private static void pack(Path classes, Path jar) {
        if (Files.exists(classes)) {
            int code = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
            assertThat(code).isZero();
        }
    }

    /** Through another main class, which takes spark-submit's arguments. */
    Submission through(Class<?> other) {
        main = other.getName();
        return this;
    }

    Submission with(String key, Object value) {
        options.addAll(List.of("--conf", key + "=" + value));
        return this;
    }

    /** @param arguments of the program */
    Running start(String master, String... arguments) throws IOException {
        Path home = folder.resolve("spark");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(BRIEF);
        command.addAll(List.of("-Xmx600m", "-cp", home.resolve("jars") + "/*"));
        command.addAll(List.of(System.getProperty("upflux.opens").trim().split(" +")));
        command.add(main);
        // A pattern: ONNX Runtime crashes where a command line has more than 4096 bytes.
        command.addAll(List.of("--master", master, "--jars", folder.resolve("own") + "/*.jar"));
        command.addAll(List.of("--class", Main.class.getName()));
        command.addAll(List.of("--conf", "spark.executor.memory=600m"));
        command.addAll(List.of("--conf", "spark.executor.extraJavaOptions=" + String.join(" ", BRIEF)));
        command.addAll(options);
        command.addAll(List.of("--conf", "spark.ui.enabled=false", "--conf", "spark.driver.host=localhost"));
        command.add(folder.resolve("own").resolve(APPLICATION).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder java = new ProcessBuilder(command);
        java.environment().put("SPARK_HOME", home.toString());
        java.environment().put("SPARK_SCALA_VERSION", "2.13");
        java.environment().put("SPARK_WORKER_DIR", folder.resolve("work").toString());
        Path log = folder.resolve("log");
        return new Running(
                java.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
    }

    /** The driver, and below it the executors. */
    record Running(Process driver, Path log) implements AutoCloseable {
        /** Waits until something is so while the driver runs. */
        void await(Predicate<Running> so) throws IOException, InterruptedException {
            while (!so.test(this)) {
                assertThat(driver.isAlive()).as(said()).isTrue();
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        ProcessHandle anyExecutor() {
            return executors().findFirst().orElseThrow();
        }

        private Stream<ProcessHandle> executors() {
            return driver.descendants()
                    .filter(process ->
                            process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"));
        }

        /** Exit code. */
        int end() throws IOException, InterruptedException {
            assertThat(driver.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .as(said())
                    .isTrue();
            return driver.exitValue();
        }

        String said() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
        }
    }
}
