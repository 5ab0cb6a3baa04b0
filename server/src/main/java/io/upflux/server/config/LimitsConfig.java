package io.upflux.server.config;

import io.upflux.codecs.InputLimits;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of an input is taken at most, of streams and of jobs.
 *
 * @param input what it may say of itself; streams may go on for as long as they want
 * @param memoryBytes what a process that decodes a stream may take of the machine's memory
 */
public record LimitsConfig(InputLimits input, long memoryBytes) {
    static final Set<String> KEYS = Set.of("pixels", "streams", "frameRate", "duration", "memory");

    private static final long LEAST_MEMORY = 128L << 20;

    static LimitsConfig of(@Nullable Settings settings) {
        InputLimits usual = InputLimits.USUAL;
        long memory = 2L << 30;
        if (settings == null) {
            return new LimitsConfig(usual, memory);
        }
        InputLimits input = new InputLimits(
                Objects.requireNonNullElse(settings.integer("pixels", 64, 1 << 30), (int) usual.pixels()),
                Objects.requireNonNullElse(settings.integer("streams", 1, 100_000), usual.streams()),
                Objects.requireNonNullElse(settings.number("frameRate"), usual.rate()),
                settings.duration("duration"));
        LimitsConfig limits = new LimitsConfig(input, Objects.requireNonNullElse(settings.size("memory"), memory));
        if (limits.memoryBytes < LEAST_MEMORY) {
            throw settings.wrong("memory", "must be 128M or more");
        }
        settings.end();
        return limits;
    }
}
