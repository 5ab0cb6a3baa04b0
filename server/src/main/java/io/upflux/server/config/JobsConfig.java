package io.upflux.server.config;

import io.upflux.codecs.InputLimits;
import io.upflux.server.process.Residence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of file jobs.
 *
 * @param folder where uploads and results lie
 * @param database R2DBC URL of PostgreSQL; null for an embedded database in the folder
 * @param parallel how many jobs run at a time
 * @param heapBytes Java heap of the process that works on a job
 * @param memoryBytes what that process may take of the machine's memory in all
 * @param queueLimit how many jobs may wait
 * @param uploadBytes largest upload
 * @param freeBytes what must stay free where the folder lies
 * @param keep how long finished jobs are kept
 * @param timeLimit how long a job may be worked on; null for as long as it takes
 * @param stall how long the process that works on a job may tell nothing
 * @param tries how often a job is begun whose process crashes before it gets any further
 * @param limits of what is read
 * @param watch folders whose files become jobs
 */
public record JobsConfig(
        Path folder,
        @Nullable String database,
        int parallel,
        long heapBytes,
        long memoryBytes,
        int queueLimit,
        long uploadBytes,
        long freeBytes,
        Duration keep,
        @Nullable Duration timeLimit,
        Duration stall,
        int tries,
        InputLimits limits,
        List<WatchConfig> watch) {
    public static final int LEAST_PRIORITY = -100;
    public static final int MOST_PRIORITY = 100;

    /** Those that an environment variable can set. */
    static final Set<String> KEYS = Set.of(
            "folder",
            "database",
            "parallel",
            "memory",
            "memoryLimit",
            "queueLimit",
            "uploadLimit",
            "minFree",
            "keep",
            "timeLimit",
            "stall",
            "tries");

    /** Without the database, which may show a password. */
    @Override
    public String toString() {
        return "JobsConfig[" + folder + "]";
    }

    public JobsConfig {
        watch = List.copyOf(watch);
    }

    static JobsConfig of(Settings settings, InputLimits limits) {
        String folder = settings.text("folder");
        if (folder == null || folder.isBlank()) {
            throw settings.wrong("folder", "is missing: where uploads and results lie");
        }
        String database = settings.text("database");
        if (database != null && !database.matches("r2dbcs?:postgresql:.+")) {
            // Without the value, which may show a password.
            throw settings.wrong("database", "must begin with r2dbc:postgresql:");
        }
        long heap = heap(settings);
        JobsConfig config = new JobsConfig(
                Path.of(folder).toAbsolutePath().normalize(),
                database,
                Objects.requireNonNullElse(settings.integer("parallel", 1, 256), 1),
                heap,
                memory(settings, heap),
                Objects.requireNonNullElse(settings.integer("queueLimit", 1, 1_000_000), 1000),
                Objects.requireNonNullElse(settings.size("uploadLimit"), 4L << 30),
                Objects.requireNonNullElse(settings.size("minFree"), 1L << 30),
                Objects.requireNonNullElse(settings.duration("keep"), Duration.ofDays(7)),
                settings.duration("timeLimit"),
                stall(settings),
                Objects.requireNonNullElse(settings.integer("tries", 1, 100), 3),
                limits,
                settings.mappings("watch").stream().map(WatchConfig::of).toList());
        settings.end();
        return config;
    }

    /** Without any patience every process would hang. */
    private static Duration stall(Settings settings) {
        Duration stall = Objects.requireNonNullElse(settings.duration("stall"), Duration.ofHours(1));
        if (stall.isZero()) {
            throw settings.wrong("stall", "must be more than 0");
        }
        return stall;
    }

    private static long heap(Settings settings) {
        long bytes = Objects.requireNonNullElse(settings.size("memory"), 512L << 20);
        if (bytes < 64L << 20) {
            throw settings.wrong("memory", "must be 64M or more");
        }
        return bytes;
    }

    private static long memory(Settings settings, long heap) {
        Long bytes = settings.size("memoryLimit");
        if (bytes == null) {
            // What an encoder of large pictures takes grows with the processors, as machines do: no one amount fits
            // all.
            return Math.max(2 * heap, Residence.machineBytes() / 4 * 3);
        }
        if (bytes <= heap) {
            throw settings.wrong("memoryLimit", "must be more than memory, which is " + (heap >> 20) + "M");
        }
        return bytes;
    }
}
