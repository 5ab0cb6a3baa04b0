package io.upflux.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Does each job in a process of its own: what crashes there is that one try of that one job. */
final class ProcessWorker implements JobWorker {
    private static final int OUT_OF_MEMORY = 3;
    private static final int INTERRUPTED = 130;
    private static final int SIGNALLED = 128;

    private final Path root;
    private final SourceRules sources;
    private final JobCommand command;
    private final Scheduler threads;

    /** @param parallel how many jobs are done at a time, each by a thread that waits for its process */
    ProcessWorker(Path root, SourceRules sources, JobCommand command, int parallel) {
        this.root = root;
        this.sources = sources;
        this.command = command;
        this.threads = Schedulers.newBoundedElastic(parallel, Integer.MAX_VALUE, "upflux-job");
    }

    @Override
    public Mono<JobEnd> work(Job job, Mono<Void> stop, Consumer<JobProgress> progress) {
        return Mono.fromCallable(() -> workHere(job, stop, progress)).subscribeOn(threads);
    }

    @Override
    public void close() {
        threads.dispose();
    }

    private JobEnd workHere(Job job, Mono<Void> stop, Consumer<JobProgress> progress) throws InterruptedException {
        JobFolder folder = new JobFolder(root, job);
        try {
            Files.createDirectories(folder.path());
            JobProcess.endOther(folder.process());
            if (job.input() != null
                    && job.delivery() == null
                    && !sources.check(job.input()).equals(job.input())) {
                return JobEnd.failed(job.input() + ": has become a link to elsewhere");
            }
            JobEnd end = upscale(job, folder, stop, progress);
            if (end.kind() == JobEnd.Kind.DONE && job.delivery() != null) {
                Delivery.put(folder.output(), job.delivery(), job.outputName());
            }
            return end;
        } catch (JobRefusal | StreamException | IOException e) {
            return JobEnd.failed(String.valueOf(e.getMessage()));
        }
    }

    private JobEnd upscale(Job job, JobFolder folder, Mono<Void> stop, Consumer<JobProgress> progress)
            throws IOException, InterruptedException {
        String[] error = {"it does not say why; " + folder.log() + " may"};
        try (JobProcess process = JobProcess.start(command.of(job, folder), folder.log(), folder.process())) {
            Disposable stopping = stop.subscribe(nothing -> {}, failure -> {}, process::interrupt);
            try {
                process.read(line -> {
                    switch (line.path("event").asText()) {
                        case "progress" -> progress.accept(progress(line));
                        case "error" -> error[0] = plain(line.path("message").asText(), job, folder);
                        default -> {}
                    }
                });
                return end(process.exitCode(), error[0]);
            } finally {
                stopping.dispose();
            }
        }
    }

    private static JobEnd end(int exitCode, String error) {
        return switch (exitCode) {
            case 0 -> JobEnd.DONE;
            case 1, 2 -> JobEnd.failed(error);
            case OUT_OF_MEMORY -> JobEnd.failed("ran out of memory; jobs.memory gives it more");
            case INTERRUPTED -> JobEnd.STOPPED;
            default ->
                JobEnd.crashed(
                        exitCode > SIGNALLED
                                ? "its process was ended by signal " + (exitCode - SIGNALLED)
                                : "its process ended with code " + exitCode);
        };
    }

    private static JobProgress progress(JsonNode line) {
        return new JobProgress(
                line.path("frame").asLong(),
                line.path("frames").asLong(),
                line.path("fps").asDouble());
    }

    /** In the user's words: without places on this server, and without options of the command line. */
    private static String plain(String message, Job job, JobFolder folder) {
        return message.replace(folder.input(), job.name())
                .replace(folder.output().toString(), job.outputName())
                .replaceFirst("; \\d+ of \\d+ segments are kept in .*", "");
    }
}
