package io.upflux.server.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.server.process.JavaProgram;
import io.upflux.server.process.Residence;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A process that works on a job. It goes on as long as its standard input is open, so it ends with this one, however this
 * one ends, and as long as it takes no more memory than it may. A file says which it is, for a server that is started before
 * it has ended.
 */
final class JobProcess implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How long a process may take to end by itself: no longer than a frame, and then some. */
    private static final long GRACE_SECONDS = 30;

    private static final Duration LOOK = Duration.ofMillis(200);

    private final Process process;
    private final Path note;
    private final long memoryBytes;
    private final Disposable watch;
    private volatile @Nullable String excess;

    private JobProcess(Process process, Path note, long memoryBytes) {
        this.process = process;
        this.note = note;
        this.memoryBytes = memoryBytes;
        this.watch = Flux.interval(LOOK, Schedulers.boundedElastic()).subscribe(tick -> look());
    }

    /**
     * Starts it.
     *
     * @param log gets what it says to people
     * @param note the file that says which it is
     * @param memoryBytes that it may have resident
     */
    static JobProcess start(List<String> command, Path log, Path note, long memoryBytes) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
        JavaProgram.withoutSettings(builder.environment());
        JobProcess started = new JobProcess(builder.start(), note, memoryBytes);
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
            same.destroyForcibly();
            await(same.onExit());
        }
        Files.deleteIfExists(note);
    }

    /** Reads its JSON lines until it closes its standard output. */
    void read(Consumer<JsonNode> line) throws IOException {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String text = reader.readLine();
            while (text != null) {
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

    /** Says what it took when it was killed for taking too much; null when it was not. To be called when it has ended. */
    @Nullable
    String excess() {
        return excess;
    }

    /** Asks it to end and to keep what is finished; one that does not is killed. */
    void interrupt() {
        CompletableFuture.delayedExecutor(GRACE_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroyForcibly();
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() throws IOException {
        watch.dispose();
        process.destroyForcibly();
        await(process.onExit());
        Files.deleteIfExists(note);
    }

    private void look() {
        long resident = Residence.bytes(process.pid());
        if (resident > memoryBytes) {
            excess = "took " + (resident >> 20) + " MiB of memory; jobs.memoryLimit allows " + (memoryBytes >> 20)
                    + " MiB";
            process.destroyForcibly();
        }
    }

    private static void await(CompletableFuture<?> end) throws IOException {
        try {
            end.get(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a process that works on it cannot be ended", e);
        }
    }

    private static String describe(ProcessHandle handle) {
        return handle.pid() + " "
                + handle.info().startInstant().map(Objects::toString).orElse("");
    }
}
