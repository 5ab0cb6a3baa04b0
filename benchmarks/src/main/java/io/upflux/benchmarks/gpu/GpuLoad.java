package io.upflux.benchmarks.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How busy a GPU is while something runs, as NVIDIA's own tool tells several times a second. */
final class GpuLoad implements AutoCloseable {
    private final Process process;

    GpuLoad(Process process) {
        this.process = process;
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
    OptionalDouble stop() throws IOException {
        // By its handle: Process.destroy closes what is to be read here.
        process.toHandle().destroy();
        try (BufferedReader said = process.inputReader()) {
            return said.lines()
                    .filter(line -> line.strip().matches("[0-9]+"))
                    .mapToDouble(line -> Integer.parseInt(line.strip()) / 100.0)
                    .average();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
