package io.upflux.server.process;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory of the machine a process takes, and how much there is. */
public final class Residence {
    private Residence() {}

    /**
     * What a process takes, swapped or not, as Linux tells in {@code /proc} (proc_pid_status(5)).
     *
     * @return 0 where that is not told, or when it has ended
     */
    public static long bytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.ISO_8859_1)
                    .stream()
                    .filter(line -> line.startsWith("VmRSS:") || line.startsWith("VmSwap:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) << 10)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /** What the machine has, or the container that this runs in. */
    public static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
