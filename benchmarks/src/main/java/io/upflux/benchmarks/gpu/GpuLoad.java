package io.upflux.benchmarks.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How busy a GPU is while something runs, as NVIDIA's own tool tells several times a second. */
final class GpuLoad implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<OptionalDouble> mean;

    GpuLoad(Process process) {
        this.process = process;
        // Read as it comes: what an ended process has said cannot be read any more.
        this.mean = CompletableFuture.supplyAsync(this::read);
    }

    /** @return null where there is no such tool */
    static @Nullable GpuLoad start(int device) {
        List<String> command = List.of(
                "nvidia-smi",
                "--id=" + device,
                "--query-gpu=utilization.gpu",
                "--format=csv,noheader,nounits",
                "--loop-ms=200");
        try {
            return new GpuLoad(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            return null;
        }
    }

    /** Ends it. The mean so far, 0 to 1; empty where it said nothing. */
    OptionalDouble stop() {
        process.destroy();
        return mean.join();
    }

    private OptionalDouble read() {
        double sum = 0;
        long count = 0;
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.strip().matches("[0-9]+")) {
                    sum += Integer.parseInt(line.strip()) / 100.0;
                    count++;
                }
            }
        } catch (IOException e) {
            // It was ended.
        }
        return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
