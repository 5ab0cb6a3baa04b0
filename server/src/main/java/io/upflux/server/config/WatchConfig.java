package io.upflux.server.config;

import io.upflux.models.Catalogue;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A folder whose files become jobs.
 *
 * @param folder where files appear
 * @param output where results appear
 * @param settle how long a file must have stayed as it is
 * @param priority of the jobs
 * @param upscaling how they are upscaled
 */
public record WatchConfig(Path folder, Path output, Duration settle, int priority, Upscaling upscaling) {
    static WatchConfig of(Settings settings) {
        Path folder = folder(settings, "folder");
        Path output = folder(settings, "output");
        if (folder.equals(output)) {
            throw settings.wrong("output", "is the watched folder itself: results would become jobs");
        }
        Duration settle = Objects.requireNonNullElse(settings.duration("settle"), Duration.ofSeconds(10));
        Integer priority = settings.integer("priority", JobsConfig.LEAST_PRIORITY, JobsConfig.MOST_PRIORITY);
        WatchConfig config =
                new WatchConfig(folder, output, settle, priority == null ? 0 : priority, Upscaling.of(settings));
        settings.end();
        return config;
    }

    /** As {@link Upscaling#check}. */
    public void check(Catalogue catalogue) {
        try {
            upscaling.check(catalogue);
        } catch (StreamException e) {
            throw new StreamException("jobs.watch, folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Path folder(Settings settings, String key) throws StreamException {
        String text = settings.text(key);
        if (text == null || text.isBlank()) {
            throw settings.wrong(key, "is missing: a folder");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }
}
