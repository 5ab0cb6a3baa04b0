package io.upflux.benchmarks.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How busy a GPU is while something runs, as NVIDIA's own tool tells several times a second. */
final class GpuLoad implements AutoCloseable {
    private final List<String> command;
    private @Nullable Process process;

    /** @param command says how many percent it is, line by line */
    GpuLoad(List<String> command) {
        this.command = command;
    }

    static GpuLoad of(int device) {
        return new GpuLoad(List.of(
                "nvidia-smi",
                "--id=" + id(device, System.getenv("CUDA_VISIBLE_DEVICES")),
                "--query-gpu=utilization.gpu",
                "--format=csv,noheader,nounits",
                "--loop-ms=200"));
    }

    /**
     * What the tool calls a device of CUDA's, which knows only those that are named, in that order.
     *
     * @param visible numbers or UUIDs, commas between; null for all, which CUDA counts as the tool does where {@code
     *     CUDA_DEVICE_ORDER} is {@code PCI_BUS_ID}
     */
    static String id(int device, @Nullable String visible) {
        String[] named = visible == null ? new String[0] : visible.strip().split("\\s*,\\s*");
        return device < named.length && !named[device].isEmpty() ? named[device] : Integer.toString(device);
    }

    /** From now on; nothing happens where there is no such tool. */
    void begin() {
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            process = null;
        }
    }

    /** Ends it. The mean since it began, 0 to 1; empty where nothing was said. */
    OptionalDouble stop() throws IOException {
        Process tool = process;
        if (tool == null) {
            return OptionalDouble.empty();
        }
        // By its handle: Process.destroy closes what is to be read here.
        tool.toHandle().destroy();
        try (BufferedReader said = tool.inputReader()) {
            return said.lines()
                    .filter(line -> line.strip().matches("[0-9]+"))
                    .mapToDouble(line -> Integer.parseInt(line.strip()) / 100.0)
                    .average();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
        }
    }
}
