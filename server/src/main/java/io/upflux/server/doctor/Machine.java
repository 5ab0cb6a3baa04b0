package io.upflux.server.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Operating system, Java, processors, memory and room for temporary files. */
final class Machine {
    /** A 1080p pipeline stays below 1.5 GB; the system wants some too. */
    private static final long LEAST_MEMORY = 2_000_000_000L;

    /** The native libraries are unpacked there. */
    private static final long LEAST_TEMPORARY = 500_000_000L;

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final List<String> TOLD_FEATURES = List.of("avx2", "avx512f", "avx512_vnni", "amx_bf16", "asimd");

    private Machine() {}

    static List<Finding> examine() {
        return List.of(system(), java(), processors(), memory(), temporary());
    }

    private static Finding system() {
        return Finding.fine("system", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
    }

    private static Finding java() {
        return Finding.fine(
                "java",
                property("java.version") + " by " + property("java.vendor") + ", heap up to "
                        + mega(Runtime.getRuntime().maxMemory()) + ", at " + property("java.home"));
    }

    private static Finding processors() {
        int count = Runtime.getRuntime().availableProcessors();
        Map<String, String> info = cpuInfo();
        String name = info.getOrDefault("model name", info.getOrDefault("Model", property("os.arch")));
        List<String> features = new ArrayList<>(
                List.of((info.getOrDefault("flags", "") + " " + info.getOrDefault("Features", "")).split("\\s+")));
        features.retainAll(TOLD_FEATURES);
        return Finding.fine(
                "processor",
                count + " x " + name + (features.isEmpty() ? "" : " (" + String.join(", ", features) + ")"));
    }

    private static Finding memory() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long total = system.getTotalMemorySize();
        String text = mega(total) + ", " + mega(system.getFreeMemorySize()) + " of it unused";
        return total < LEAST_MEMORY
                ? Finding.problem(
                        "memory", text + "; large videos need 2 GB: choose smaller inputs or a larger machine")
                : Finding.fine("memory", text);
    }

    private static Finding temporary() {
        Path folder = Path.of(property("java.io.tmpdir"));
        try {
            Files.delete(Files.createTempFile(folder, "upflux-", ".tmp"));
            long space = Files.getFileStore(folder).getUsableSpace();
            String text = mega(space) + " free in " + folder;
            return space < LEAST_TEMPORARY
                    ? Finding.problem("temporary", text + "; natives need 500 MB: free some or set -Djava.io.tmpdir")
                    : Finding.fine("temporary", text);
        } catch (IOException e) {
            return Finding.problem("temporary", folder + " cannot be written: " + e + "; set -Djava.io.tmpdir");
        }
    }

    /** The first processor's entries; empty where there is no such file. */
    private static Map<String, String> cpuInfo() {
        if (!Files.isReadable(CPU_INFO)) {
            return Map.of();
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.map(line -> line.split("\\s*:\\s*", 2))
                    .filter(pair -> pair.length == 2)
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, later) -> first));
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static String property(String key) {
        return System.getProperty(key, "unknown");
    }

    private static String mega(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
    }
}
