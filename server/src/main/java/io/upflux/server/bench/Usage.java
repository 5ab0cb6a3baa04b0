package io.upflux.server.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What this process has used so far, of time, processors and memory. */
final class Usage {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STATUS = Path.of("/proc/self/status");

    private Usage() {}

    /**
     * @param seconds of wall clock
     * @param cpuSeconds of all processors, all threads, native ones too
     */
    record Span(double seconds, double cpuSeconds) {
        Span plus(Span other) {
            return new Span(seconds + other.seconds, cpuSeconds + other.cpuSeconds);
        }

        Span minusCpu(double less) {
            return new Span(seconds - less, cpuSeconds - less);
        }
    }

    static Span of(Runnable work) {
        long start = System.nanoTime();
        long cpuStart = SYSTEM.getProcessCpuTime();
        work.run();
        return new Span((System.nanoTime() - start) / 1e9, (SYSTEM.getProcessCpuTime() - cpuStart) / 1e9);
    }

    /** CPU seconds of the calling thread. */
    static double threadSeconds() {
        return THREADS.getCurrentThreadCpuTime() / 1e9;
    }

    /** Bytes that the living threads have allocated on the Java heap. */
    static long allocated() {
        long[] bytes = THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds());
        return Arrays.stream(bytes).filter(count -> count > 0).sum();
    }

    /** Resident memory of the process in bytes; 0 where the system does not tell. */
    static long resident() {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
