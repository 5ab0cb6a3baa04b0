package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.server.Await;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs with real processes, clips for them, and what lies in their folders. */
final class TestJobs implements AutoCloseable {
    /** Five segments. */
    static final int SECONDS = 50;

    static final int RATE = 10;

    private final Path folder;
    private @Nullable Jobs jobs;
    private String sources;

    TestJobs(Path folder) {
        this.folder = folder;
        this.sources = folder.toString();
    }

    /** Inputs may come from there, too. */
    void allow(String url) {
        sources += ", '" + url + "'";
    }

    /** @param keys of the section jobs */
    Jobs open(String keys) {
        ServerConfig config = config(keys);
        return use(Jobs.open(JobRows.required(config.jobs()), config.allowedSources()));
    }

    /** Opens them, and lets them run. */
    void start(String keys) {
        open(keys).start();
    }

    /** As a server does that is started again. */
    void restart() {
        close();
        start("");
    }

    /** Takes over jobs that were opened elsewhere. */
    Jobs use(Jobs opened) {
        jobs = opened;
        return opened;
    }

    Jobs jobs() {
        return JobRows.required(jobs);
    }

    ServerConfig config(String keys) {
        return ConfigFile.parse("test", yaml(keys), Map.of());
    }

    String yaml(String keys) {
        return "allowedSources: [" + sources + "]\njobs:\n  folder: " + folder.resolve("jobs") + "\n  " + keys + "\n";
    }

    /** @param fields names and values by turns */
    static JobRequest request(String... fields) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("model", "bicubic-x2");
        for (int i = 0; i < fields.length; i += 2) {
            node.put(fields[i], fields[i + 1]);
        }
        return JobRequest.parse(node);
    }

    /** Makes a job. @return its name */
    String create(Object input) {
        return jobs().create(request("input", input.toString()))
                .blockOptional()
                .orElseThrow()
                .id();
    }

    /** Makes a job, and waits until it has ended. */
    Job run(String input) {
        String id = create(input);
        return JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(100)));
    }

    /** Waits until a job that is there has ended, which must be well. */
    Job done(String id) {
        Job done = JobRows.required(jobs().follow(id).blockLast(Duration.ofSeconds(200)));
        assertThat(done.state()).as(done.error()).isEqualTo(JobState.DONE);
        return done;
    }

    Job find(String id) {
        return jobs().find(id).blockOptional().orElseThrow();
    }

    /** Waits until a process has finished some segments. @return the process */
    long await(String id, int finished) {
        await(() -> segments(id) >= finished && pid(id) > 0);
        return pid(id);
    }

    static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(200), what);
    }

    /** Its folder. */
    Path job(String id) {
        return folder.resolve("jobs").resolve(id);
    }

    /** Of the jobs that there are. */
    List<String> folders() {
        return names(folder.resolve("jobs")).stream()
                .filter(name -> Files.isDirectory(folder.resolve("jobs").resolve(name)))
                .toList();
    }

    /** Of what is in a folder. */
    static List<String> names(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the process that works on a job; 0 for none. */
    long pid(String id) {
        try {
            String text = Files.readString(job(id).resolve("process"));
            return text.isEmpty() ? 0 : Long.parseLong(text.split(" ")[0]);
        } catch (IOException none) {
            return 0;
        }
    }

    /** What its processes have said. */
    String log(String id) {
        try {
            return Files.readString(job(id).resolve("log.txt"));
        } catch (IOException none) {
            return "";
        }
    }

    /** How many are finished. */
    int segments(String id) {
        try (Stream<String> lines = Files.lines(job(id).resolve(".output.mkv.upflux/journal.jsonl"))) {
            return (int) lines.filter(line -> line.startsWith("{\"segment\"")).count();
        } catch (IOException none) {
            return 0;
        }
    }

    static void signal(String name, long pid) {
        execute("kill", "-" + name, String.valueOf(pid));
    }

    static void execute(String... command) {
        try {
            new ProcessBuilder(command).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path clip(Path file, int seconds) {
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

    /** Of a video. */
    static int frames(Path file) {
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

    @Override
    public void close() {
        if (jobs != null) {
            jobs.close();
        }
    }
}
