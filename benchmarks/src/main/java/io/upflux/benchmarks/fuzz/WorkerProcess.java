package io.upflux.benchmarks.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A {@link Worker} seen from outside: it may crash or hang, and is then replaced. One thread. */
final class WorkerProcess implements AutoCloseable {
    /** Of address space, of which a JVM reserves a good part. */
    private static final long MOST_KIB = 12L << 20;

    private final Process process;
    private final BufferedReader answers;

    /**
     * @param corpus the list of what it damages
     * @param log receives what it says besides answers, and the JVM's report of a crash
     */
    WorkerProcess(Path corpus, Path folder, Path log) throws IOException {
        List<String> command = List.of(
                // A network may ask for any size, and memory that nobody has takes others down.
                "sh",
                "-c",
                "ulimit -v " + MOST_KIB + " 2> /dev/null; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=4g",
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + log + ".crash",
                "-XX:-CreateCoredumpOnCrash",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                Worker.class.getName(),
                folder.toString(),
                corpus.toString());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Not among the arguments: ONNX Runtime crashes where these are longer than 4096 bytes.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        // As the program's launcher does: in arenas of their own, idle threads keep what was freed.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        process = builder.start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What a worker answers. */
    record Answer(long bytes, Trial.Reach reach, String found) {}

    /**
     * Tries one seed.
     *
     * @return null when it hangs, after which it is of no more use
     * @throws IOException when it has crashed
     */
    @Nullable
    Answer tried(long seed, Duration deadline) throws IOException, InterruptedException {
        OutputStream seeds = process.getOutputStream();
        seeds.write((seed + "\n").getBytes(StandardCharsets.US_ASCII));
        seeds.flush();
        // A thread of its own: the common pool may have one for all.
        CompletableFuture<@Nullable String> line =
                CompletableFuture.supplyAsync(this::line, reading -> new Thread(reading, "upflux-fuzz-answer").start());
        String answer;
        try {
            answer = line.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        if (answer == null) {
            throw new IOException("ended with " + process.waitFor());
        }
        String[] words = answer.split(" ", 3);
        return new Answer(Long.parseLong(words[0]), Trial.Reach.valueOf(words[1]), words[2]);
    }

    private @Nullable String line() {
        try {
            return answers.readLine();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
