package io.upflux.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.codecs.MediaNames;
import io.upflux.pipeline.StreamException;
import io.upflux.server.segment.SegmentedJob;
import io.upflux.server.source.GuardedSource;
import io.upflux.server.source.SourceGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Does each job in a process of its own: what crashes there is that one try of that one job. */
final class ProcessWorker implements JobWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);
    private static final int OUT_OF_MEMORY = 3;
    private static final int INTERRUPTED = 130;
    private static final int SIGNALLED = 128;
    private static final int TERMINATED = SIGNALLED + 15;

    private final Path root;
    private final SourceGuard sources;
    private final JobCommand command;
    private final ProcessLimits limits;
    private final Scheduler threads;

    /**
     * @param sources closed by this
     * @param limits of the process of a job
     * @param parallel how many jobs are done at a time, each by a thread that waits for its process
     */
    ProcessWorker(Path root, SourceGuard sources, JobCommand command, ProcessLimits limits, int parallel) {
        this.root = root;
        this.sources = sources;
        this.command = command;
        this.limits = limits;
        this.threads = Schedulers.newBoundedElastic(parallel, Integer.MAX_VALUE, "upflux-job");
    }

    @Override
    public Mono<JobEnd> work(Job job, Mono<Void> stop, Consumer<JobProgress> progress) {
        return Mono.fromCallable(() -> workHere(job, stop, progress)).subscribeOn(threads);
    }

    @Override
    public void close() {
        threads.dispose();
        sources.close();
    }

    private JobEnd workHere(Job job, Mono<Void> stop, Consumer<JobProgress> progress) throws InterruptedException {
        JobFolder folder = new JobFolder(root, job);
        try {
            Files.createDirectories(folder.path());
            JobProcess.endOther(folder.process());
            try (GuardedSource source = source(job, folder)) {
                int finished = SegmentedJob.finishedOf(folder.output());
                JobEnd end = upscale(job, folder, source, stop, progress);
                if (end.kind() == JobEnd.Kind.DONE && job.delivery() != null) {
                    Delivery.put(folder.output(), job.delivery(), job.outputName());
                }
                return end.further(SegmentedJob.finishedOf(folder.output()) > finished);
            }
        } catch (StreamException e) {
            return JobEnd.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.error("job {}: its files cannot be written", job.id(), e);
            return JobEnd.failed("its files cannot be written; the server's log says why");
        }
    }

    /** What a request named is checked when it is opened, too; uploads and watched files lead nowhere else. */
    private GuardedSource source(Job job, JobFolder folder) {
        String input = job.input();
        return input != null && job.delivery() == null
                ? sources.open(input, Map.of())
                : new GuardedSource(folder.input(), SourceGuard.SOLE_FILE, () -> {});
    }

    private JobEnd upscale(
            Job job, JobFolder folder, GuardedSource source, Mono<Void> stop, Consumer<JobProgress> progress)
            throws IOException, InterruptedException {
        String[] error = {""};
        List<String> started = command.of(job, folder, source);
        try (JobProcess process = JobProcess.start(started, folder.log(), folder.process(), limits)) {
            Disposable stopping = stop.subscribe(nothing -> {}, failure -> {}, process::interrupt);
            try {
                process.read(line -> {
                    switch (line.path("event").asText()) {
                        case "progress" -> tell(line, progress);
                        case "error" -> error[0] = plain(line.path("message").asText(), job, folder, source);
                        default -> {}
                    }
                });
                return end(process.exitCode(), error[0], process.verdict());
            } finally {
                stopping.dispose();
            }
        } finally {
            Files.deleteIfExists(folder.arguments());
        }
    }

    static JobEnd end(int exitCode, String error, @Nullable JobEnd verdict) {
        return switch (exitCode) {
            case 0 -> JobEnd.DONE;
            // A JVM that crashes and leaves no core ends as one that fails, but says nothing before.
            case 1, 2 ->
                error.isEmpty()
                        ? JobEnd.crashed("its process crashed; the logs in its folder may say where")
                        : JobEnd.failed(error);
            case OUT_OF_MEMORY -> JobEnd.failed("ran out of memory; jobs.memory gives it more");
            case INTERRUPTED, TERMINATED -> JobEnd.STOPPED;
            default -> verdict != null ? verdict : crashed(exitCode);
        };
    }

    private static JobEnd crashed(int exitCode) {
        return JobEnd.crashed(
                exitCode > SIGNALLED
                        ? "its process was ended by signal " + (exitCode - SIGNALLED)
                        : "its process ended with code " + exitCode);
    }

    /** Without frames it only says that it works, and how far it was before is still known. */
    private static void tell(JsonNode line, Consumer<JobProgress> progress) {
        long frames = line.path("frame").asLong();
        if (frames > 0) {
            progress.accept(new JobProgress(
                    frames, line.path("frames").asLong(), line.path("fps").asDouble()));
        }
    }

    /** In the user's words: without places on this server, and without options of the command line. */
    private static String plain(String message, Job job, JobFolder folder, GuardedSource source) {
        return message.replace(MediaNames.shown(source.url()), job.name())
                .replace(folder.output().toString(), job.outputName())
                .replace(folder.path() + "/", "")
                .replaceFirst("; \\d+ of \\d+ segments are kept in .*", "");
    }
}
