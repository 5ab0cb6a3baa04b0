package io.upflux.server.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.server.process.Bound;
import io.upflux.server.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * A process that works on a job, watched for what it takes and for whether it goes on. It does so as long as its standard
 * input is open, so it ends with this one, however this one ends. A file says which it is, for a server that is started
 * before it has ended.
 */
final class JobProcess implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How long a process may take to be gone once it is killed. */
    private static final long KILL_SECONDS = 30;

    private static final String IMMORTAL = "a process that works on it cannot be ended";

    private final Process process;
    private final Path note;
    private final ProcessLimits limits;
    private final Disposable watch;
    private final Disposable.Swap grace = Disposables.swap();
    private volatile long heardNanos = System.nanoTime();
    private volatile @Nullable JobEnd verdict;

    private JobProcess(Process process, Path note, ProcessLimits limits) {
        this.process = process;
        this.note = note;
        this.limits = limits;
        this.watch = Bound.watch(
                new Bound(() -> System.nanoTime() - heardNanos, limits.stall()::toNanos, this::hangs),
                Bound.memory(process, limits.memoryBytes(), "jobs.memoryLimit", line -> kill(JobEnd.failed(line))));
    }

    /**
     * Starts it.
     *
     * @param log gets what it says to people
     * @param note the file that says which it is
     */
    static JobProcess start(List<String> command, Path log, Path note, ProcessLimits limits) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
        JavaProgram.withoutSettings(builder.environment());
        JobProcess started = new JobProcess(builder.start(), note, limits);
        try {
            Files.writeString(note, describe(started.process.toHandle()));
        } catch (IOException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** Ends the process that a file speaks of, if that still runs. */
    static void endOther(Path note) throws IOException {
        String described;
        try {
            described = Files.readString(note);
        } catch (NoSuchFileException e) {
            return;
        }
        String pid = described.split(" ", 2)[0];
        Optional<ProcessHandle> other =
                pid.matches("\\d{1,18}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
        // The number alone could be another process's by now.
        ProcessHandle same =
                other.filter(handle -> describe(handle).equals(described)).orElse(null);
        if (same != null) {
            kill(same);
            await(same);
        }
        Files.deleteIfExists(note);
    }

    /** Reads its JSON lines until it closes its standard output. */
    void read(Consumer<JsonNode> line) throws IOException {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String text = reader.readLine();
            while (text != null) {
                heardNanos = System.nanoTime();
                try {
                    line.accept(MAPPER.readTree(text));
                } catch (JsonProcessingException e) {
                    // A library that prints something.
                }
                text = reader.readLine();
            }
        }
    }

    /** Its exit code, when it has ended. A signal is 128 and its number. */
    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** What comes of it when it was killed for what it did; null when it was not. To be called when it has ended. */
    @Nullable
    JobEnd verdict() {
        return verdict;
    }

    /** Asks it to end and to keep what is finished; one that does not is killed. */
    void interrupt() {
        grace.update(Schedulers.parallel().schedule(this::kill, limits.grace().toMillis(), TimeUnit.MILLISECONDS));
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            kill();
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() throws IOException {
        watch.dispose();
        grace.dispose();
        kill();
        try {
            if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(IMMORTAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(note);
    }

    private void hangs(long silentNanos) {
        kill(JobEnd.crashed("its process told nothing for " + TimeUnit.NANOSECONDS.toSeconds(silentNanos)
                + " s, longer than jobs.stall allows"));
    }

    private void kill(JobEnd why) {
        if (process.isAlive() && verdict == null) {
            verdict = why;
            kill();
        }
    }

    private void kill() {
        kill(process.toHandle());
    }

    /** With all that it has started, which would hold its output open. */
    private static void kill(ProcessHandle process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static void await(ProcessHandle killed) throws IOException {
        try {
            killed.onExit().get(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(IMMORTAL, e);
        }
    }

    private static String describe(ProcessHandle handle) {
        return handle.pid() + " "
                + handle.info().startInstant().map(Objects::toString).orElse("");
    }
}
