package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.pipeline.StreamException;
import io.upflux.server.Await;
import io.upflux.server.ServerProcess;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs and the processes that work on them, through whatever ends either. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class JobsTest {
    /** Five segments. */
    private static final int SECONDS = 50;

    private static final int RATE = 10;

    @TempDir
    private Path folder;

    private @Nullable Jobs jobs;
    private String allowed = "";

    @AfterEach
    void close() {
        if (jobs != null) {
            jobs.close();
        }
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"KILL", "SEGV"})
    void aJobGoesOnAfterACrashAPauseAndARestart(String signal) throws Exception {
        Path clip = clip(Files.createDirectory(folder.resolve("films")).resolve("clip.mkv"), SECONDS);
        jobs = open("");
        jobs().start();
        String id = create(clip);

        long crashed = await(id, 1);
        Path segment = job(id).resolve(".output.mkv.upflux/000000.packets");
        FileTime made = Files.getLastModifiedTime(segment);
        execute("prlimit", "--pid", String.valueOf(crashed), "--core=unlimited");
        signal(signal, crashed);
        await(() -> find(id).crashes() == 1 && pid(id) > 0 && pid(id) != crashed);
        await(() -> log(id).contains(" of 5 segments are there already"));
        await(id, 2);
        assertThat(Files.getLastModifiedTime(segment))
                .as("it is not made again")
                .isEqualTo(made);
        assertThat(Stream.of(job(id), Path.of(""))
                        .flatMap(place -> names(place).stream())
                        .filter(name -> name.startsWith("core")))
                .isEmpty();
        assertThat(Files.exists(job(id).resolve("crash-" + crashed + ".log")))
                .as("it says where")
                .isEqualTo(signal.equals("SEGV"));
        assertThat(jobs().change(id, JobState.PAUSED).block())
                .extracting(Job::state)
                .isEqualTo(JobState.PAUSED);
        assertThat(pid(id)).as("no process works on it").isZero();
        int finished = segments(id);
        assertThat(finished).isBetween(2, 4);

        restart();
        assertThat(find(id).state()).as("it stays paused").isEqualTo(JobState.PAUSED);
        jobs().change(id, JobState.QUEUED).block();
        await(() -> pid(id) > 0);
        restart();

        Job done = jobs().follow(id).blockLast(Duration.ofSeconds(200));
        assertThat(done).isNotNull();
        assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
        assertThat(done.progress().frames()).isEqualTo(SECONDS * RATE);
        assertThat(frames(jobs().output(done))).isEqualTo(SECONDS * RATE);
        assertThat(done.outputName()).isEqualTo("clip.mkv");
        assertThat(names(job(id)))
                .filteredOn(name -> !name.startsWith("crash-"))
                .containsExactlyInAnyOrder("log.txt", "output.mkv", "newest.jpeg");

        assertThat(jobs().delete(id).block()).isTrue();
        assertThat(job(id)).doesNotExist();
        assertThat(clip).as("the input is not the job's").exists();
    }

    @Test
    void aPartOfAFilmStaysThatPartThroughAPauseAndARestart() throws IOException {
        Path clip = clip(folder.resolve("clip.mkv"), SECONDS);
        jobs = open("");
        jobs().start();
        JobRequest part = request("input", clip.toString(), "start", "0:10", "duration", "45s", "device", "cpu");
        String id = jobs().create(part).blockOptional().orElseThrow().id();
        await(id, 1);
        jobs().change(id, JobState.PAUSED).block();
        restart();
        assertThat(find(id).upscaling().start()).isEqualTo("0:10");
        assertThat(find(id).upscaling().duration()).isEqualTo("45s");
        assertThat(find(id).upscaling().device()).isEqualTo("cpu");
        jobs().change(id, JobState.QUEUED).block();
        Job done = jobs().follow(id).blockLast(Duration.ofSeconds(200));
        assertThat(done).isNotNull();
        assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
        assertThat(log(id)).contains(" of 4 segments are there already");
        assertThat(frames(jobs().output(done))).isEqualTo((SECONDS - 10) * RATE);
    }

    @Test
    void aServerThatIsKilledTakesItsProcessesAlongAndTheNextOneGoesOn() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Path out = folder.resolve("out");
        String watch = "watch: [{folder: %s, output: %s, settle: 300ms, model: bicubic-x2}]".formatted(in, out);
        Path file = Files.writeString(folder.resolve("upflux.yml"), "address: 127.0.0.1:0\n" + yaml(watch));
        clip(in.resolve("clip.mkv"), SECONDS);
        Process server = ServerProcess.start(file, folder.resolve("server.log"));
        String id;
        ProcessHandle worker;
        try {
            await(() -> folders().size() == 1 && pid(folders().get(0)) > 0);
            id = folders().get(0);
            worker = ProcessHandle.of(await(id, 1)).orElseThrow();
        } finally {
            server.destroyForcibly().waitFor();
        }
        worker.onExit().get(60, TimeUnit.SECONDS);
        assertThat(segments(id)).isBetween(1, 4);

        jobs = open(watch);
        assertThat(find(id).state()).isEqualTo(JobState.QUEUED);
        jobs().start();
        Job done = jobs().follow(id).blockLast(Duration.ofSeconds(200));
        assertThat(done).isNotNull();
        assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
        assertThat(frames(out.resolve("clip.mkv"))).isEqualTo(SECONDS * RATE);
        Thread.sleep(1000);
        assertThat(jobs().count(Set.of()).block())
                .as("a file becomes a job once")
                .isEqualTo(1);
        assertThat(names(out)).containsExactly("clip.mkv");
    }

    @Test
    void whatIsNoVideoFailsInOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.mp4"), "no video at all\n".repeat(100));
        Path list = Files.writeString(
                folder.resolve("list.m3u8"), "#EXTM3U\n#EXTINF:1,\n" + clip(folder.resolve("a.ts"), 1));
        jobs = open("");
        jobs().start();
        assertThat(failure(text)).startsWith("text.mp4: ").doesNotContain("\n", folder.toString());
        assertThat(failure(list)).as("it would lead to another file").startsWith("list.m3u8: ");
    }

    @Test
    void anAllowedUrlIsReadAndARedirectToAnotherIsNot() throws IOException {
        byte[] clip = Files.readAllBytes(clip(folder.resolve("a.ts"), 1));
        HttpServer elsewhere = web();
        HttpServer web = web();
        try {
            elsewhere.createContext("/", exchange -> send(exchange, clip));
            web.createContext("/clip.ts", exchange -> send(exchange, clip));
            web.createContext("/away.ts", exchange -> {
                exchange.getResponseHeaders().set("Location", url(elsewhere, "/clip.ts"));
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            });
            allowed = ", '" + url(web, "") + "'";
            jobs = open("");
            jobs.start();
            Job done = run(url(web, "/clip.ts"));
            assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
            assertThat(frames(jobs().output(done))).isEqualTo(RATE);
            Job away = run(url(web, "/away.ts"));
            assertThat(away.state()).isEqualTo(JobState.FAILED);
            assertThat(away.error()).startsWith("away.ts: ");
        } finally {
            web.stop(0);
            elsewhere.stop(0);
        }
    }

    @Test
    void whatHasEndedIsForgottenInTime() throws IOException {
        jobs = open("keep: 1ms");
        Job job = jobs().create(request("input", clip(folder.resolve("a.ts"), 1).toString()))
                .blockOptional()
                .orElseThrow();
        jobs().change(job.id(), JobState.CANCELLED).block();
        Instant ended = Objects.requireNonNull(find(job.id()).ended());
        Files.createDirectories(job(job.id()));
        // The first look is at the start, the next ten minutes later.
        await(() -> Instant.now().isAfter(ended.plusMillis(10)));
        jobs().start();
        await(() -> jobs().count(Set.of()).blockOptional().orElseThrow() == 0);
        assertThat(folders()).isEmpty();
    }

    @Test
    void whatAKilledServerLeftHalfMadeIsSweptAway() throws IOException {
        String id = "01234567-89ab-cdef-0123-456789abcdef";
        Path root = Files.createDirectory(folder.resolve("jobs"));
        Files.writeString(Files.createDirectory(root.resolve(id + ".partial")).resolve("input.mp4"), "half");
        Files.writeString(Files.createDirectory(root.resolve(id + ".deleted")).resolve("input.mp4"), "half");
        Files.createDirectory(root.resolve("mine.partial"));
        jobs = open("");
        assertThat(folders()).containsExactly("mine.partial");
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedAtTheStart() throws IOException {
        Files.writeString(folder.resolve("jobs"), "in its place");
        assertThatThrownBy(() -> open(""))
                .isInstanceOf(StreamException.class)
                .hasMessage("jobs.folder: " + folder.resolve("jobs") + " cannot be used: a file lies in its place");
    }

    /** One that nobody may write, not even root. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderWithoutRoomForADatabaseIsRefusedAtTheStart() {
        ServerConfig config = ConfigFile.parse("test", "jobs: {folder: /proc}", Map.of());
        assertThatThrownBy(() -> Jobs.open(JobRows.required(config.jobs()), config.allowedSources()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.database: /proc cannot be used: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aFolderThatCanBeWrittenNoMoreFailsItsJobInALine() throws IOException {
        Path clip = clip(folder.resolve("clip.mkv"), SECONDS);
        jobs = open("");
        jobs().start();
        String id = create(clip);
        await(id, 1);
        Path work = job(id).resolve(".output.mkv.upflux");
        Files.move(work, job(id).resolve("aside"));
        Files.writeString(work, "in its place");
        Job ended = JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(100)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).contains("annot be").doesNotContain("\n", folder.toString());
        assertThat(pid(id)).as("no process works on it").isZero();
    }

    @ParameterizedTest
    @CsvSource({"model: plane-s, no model is named 'plane-s'", "device: cuda:99, device cuda:99: th"})
    void aWatchedFolderWithoutItsModelOrDeviceIsRefusedAtTheStart(String key, String reason) {
        assertThatThrownBy(() -> open("watch: [{folder: %1$s/in, output: %1$s/out, %2$s}]".formatted(folder, key)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.watch, folder " + folder.resolve("in") + ": " + reason);
        assertThat(folder.resolve("jobs")).doesNotExist();
    }

    @Test
    void anInputThatIsTooLongFailsAtOnce() throws IOException {
        ServerConfig config =
                ConfigFile.parse("test", yaml("").stripTrailing() + "\nlimits: {duration: 500ms}\n", Map.of());
        jobs = Jobs.open(JobRows.required(config.jobs()), config.allowedSources());
        jobs().start();
        String input = clip(folder.resolve("long.mkv"), 1).toString();
        Job job = jobs().create(request("input", input)).blockOptional().orElseThrow();
        Job ended = jobs().follow(job.id()).blockLast(Duration.ofSeconds(200));
        assertThat(ended).isNotNull();
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error())
                .endsWith(
                        "long.mkv: is longer than 0.5 s, which is all that is taken (--max-duration, limits.duration)");
        assertThat(ended.crashes()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatTakesMoreMemoryThanItMayFailsItsJobAtOnce() throws IOException {
        Path clip = clip(folder.resolve("large.mkv"), 5);
        jobs = open("memory: 64M\n  memoryLimit: 65M");
        jobs().start();
        Job ended = run(clip.toString());
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).matches("took \\d+ MiB of memory; jobs.memoryLimit allows 65 MiB");
        assertThat(ended.crashes()).as("it would take as much again").isZero();
        assertThat(pid(ended.id())).as("no process works on it").isZero();
        jobs().close();

        jobs = open("");
        jobs().start();
        jobs().change(ended.id(), JobState.QUEUED).block();
        Job done = jobs().follow(ended.id()).blockLast(Duration.ofSeconds(200));
        assertThat(done).isNotNull();
        assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatHangsIsEndedAndItsJobTriedAgainUntilItFails() throws IOException {
        Path clip = clip(folder.resolve("clip.mkv"), SECONDS);
        jobs = open("stall: 10s\n  tries: 2");
        jobs().start();
        String id = create(clip);
        long first = await(id, 1);
        signal("STOP", first);
        await(() -> find(id).crashes() == 1 && pid(id) > 0 && pid(id) != first);
        long second = pid(id);
        signal("STOP", second);
        Job ended = JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(100)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error())
                .matches("its process told nothing for \\d\\d s, longer than jobs.stall allows; that was try 2 of 2");
        assertThat(List.of(first, second))
                .noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(pid(id)).as("no process works on it").isZero();
        assertThat(segments(id)).as("what is finished stays").isPositive();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatDoesNotEndWhenItsTimeIsOverIsKilled() throws IOException {
        Path clip = clip(folder.resolve("clip.mkv"), SECONDS);
        ServerConfig config = ConfigFile.parse("test", yaml("timeLimit: 3s"), Map.of());
        jobs = Jobs.open(JobRows.required(config.jobs()), config.allowedSources(), Duration.ofSeconds(1));
        jobs().start();
        String id = create(clip);
        await(() -> pid(id) > 0);
        long stopped = pid(id);
        signal("STOP", stopped);
        Job ended = JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(20)));
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).isEqualTo("took longer than allowed (jobs.timeLimit)");
        assertThat(ProcessHandle.of(stopped)).isEmpty();
        assertThat(pid(id)).as("no process works on it").isZero();
    }

    @Test
    void aResultNeverReplacesAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("output.mkv"), "new");
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("clip.mkv"), "old");
        assertThat(Delivery.put(file, out, "clip.mkv"))
                .isEqualTo(out.resolve("clip (2).mkv"))
                .hasContent("new");
        assertThat(Delivery.put(file, out, "clip.mkv")).isEqualTo(out.resolve("clip (3).mkv"));
        assertThat(out.resolve("clip.mkv")).hasContent("old");
        assumeThat(Path.of("/dev/shm")).isWritable();
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "upflux");
        try {
            assertThat(Delivery.put(file, elsewhere, "clip.mkv")).hasContent("new");
            assertThat(Delivery.put(file, elsewhere, "clip.mkv")).hasFileName("clip (2).mkv");
            assertThat(names(elsewhere)).containsExactlyInAnyOrder("clip.mkv", "clip (2).mkv");
        } finally {
            try (Stream<Path> files = Files.list(elsewhere)) {
                for (Path left : files.toList()) {
                    Files.delete(left);
                }
            }
            Files.delete(elsewhere);
        }
    }

    private Jobs jobs() {
        return JobRows.required(jobs);
    }

    private void restart() {
        jobs().close();
        jobs = open("");
        jobs().start();
    }

    private String failure(Path input) {
        Job failed = run(input.toString());
        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        return JobRows.required(failed.error());
    }

    /** Makes a job, and waits until it has ended. */
    private Job run(String input) {
        String id = create(input);
        return JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(100)));
    }

    private String create(Object input) {
        return jobs().create(request("input", input.toString()))
                .blockOptional()
                .orElseThrow()
                .id();
    }

    private static HttpServer web() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        return server;
    }

    private static String url(HttpServer server, String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static void send(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }

    /** Waits until a process has finished some segments. @return the process */
    private long await(String id, int finished) {
        await(() -> segments(id) >= finished && pid(id) > 0);
        return pid(id);
    }

    private Jobs open(String keys) {
        ServerConfig config = ConfigFile.parse("test", yaml(keys), Map.of());
        return Jobs.open(JobRows.required(config.jobs()), config.allowedSources());
    }

    private String yaml(String keys) {
        return "allowedSources: [" + folder + allowed + "]\njobs:\n  folder: " + folder.resolve("jobs") + "\n  " + keys
                + "\n";
    }

    private Job find(String id) {
        return jobs().find(id).blockOptional().orElseThrow();
    }

    private Path job(String id) {
        return folder.resolve("jobs").resolve(id);
    }

    private List<String> folders() {
        return names(folder.resolve("jobs")).stream()
                .filter(name -> Files.isDirectory(folder.resolve("jobs").resolve(name)))
                .toList();
    }

    private static List<String> names(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Of the process that works on a job; 0 for none. */
    private long pid(String id) {
        try {
            String text = Files.readString(job(id).resolve("process"));
            return text.isEmpty() ? 0 : Long.parseLong(text.split(" ")[0]);
        } catch (IOException none) {
            return 0;
        }
    }

    /** What its processes have said. */
    private String log(String id) {
        try {
            return Files.readString(job(id).resolve("log.txt"));
        } catch (IOException none) {
            return "";
        }
    }

    private static void signal(String name, long pid) {
        execute("kill", "-" + name, String.valueOf(pid));
    }

    private static void execute(String... command) {
        try {
            new ProcessBuilder(command).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int segments(String id) {
        try (Stream<String> lines = Files.lines(job(id).resolve(".output.mkv.upflux/journal.jsonl"))) {
            return (int) lines.filter(line -> line.startsWith("{\"segment\"")).count();
        } catch (IOException none) {
            return 0;
        }
    }

    private static JobRequest request(String... fields) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("model", "bicubic-x2");
        for (int i = 0; i < fields.length; i += 2) {
            node.put(fields[i], fields[i + 1]);
        }
        return JobRequest.parse(node);
    }

    private static Path clip(Path file, int seconds) {
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x240:rate=" + RATE + ":duration=" + seconds,
                "-c:v",
                "mpeg4",
                "-g",
                String.valueOf(RATE),
                file.toString());
        return file;
    }

    private static int frames(Path file) {
        String count = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-count_packets",
                "-select_streams",
                "v",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                file.toString());
        // Transport streams are listed by their programs, too.
        return Integer.parseInt(count.lines().findFirst().orElseThrow());
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(200), what);
    }
}
