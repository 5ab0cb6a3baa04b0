package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.server.process.Malloc;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process holds beside Java objects. Work that gives everything back leaves it as it was.
 *
 * @param pictures bytes allocated for pictures and not freed
 * @param threads of the process, those of native libraries too; 0 where the system does not tell, like the rest
 * @param descriptors open files and sockets
 * @param malloc bytes that {@link Malloc#inUse} counts
 * @param resident bytes in memory after the C library has given back what it holds for later
 */
public record NativeBalance(long pictures, int threads, int descriptors, long malloc, long resident) {
    private static final Path PROCESS = Path.of("/proc/self");

    /** Takes some milliseconds, in which native allocations wait. */
    public static NativeBalance now() {
        trim();
        return new NativeBalance(
                NativeScope.allocated(),
                count(PROCESS.resolve("task")),
                count(PROCESS.resolve("fd")),
                Malloc.inUse(),
                Usage.resident());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d bytes of pictures, %d threads, %d descriptors, %s%.1f MiB resident after trimming",
                pictures,
                threads,
                descriptors,
                malloc == 0 ? "" : String.format(Locale.ROOT, "%.2f MiB of malloc, ", mebibytes(malloc)),
                mebibytes(resident));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private static int count(Path folder) {
        if (!Files.isReadable(folder)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return (int) entries.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** malloc_trim, as {@code jcmd PID System.trim_native_heap} asks for it. */
    private static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            null,
                            null);
        } catch (JMException e) {
            // Not with this JVM or C library: what lies idle is counted, too.
        }
    }
}
