package io.upflux.server.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.codecs.MediaNames;
import io.upflux.models.Catalogue;
import io.upflux.pipeline.StreamException;
import io.upflux.server.config.JobsConfig;
import io.upflux.server.config.Settings;
import io.upflux.server.config.Upscaling;
import io.upflux.server.job.JobRefusal.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants.
 *
 * @param input path or URL; null for an upload
 * @param name of the input for people, without folders; null for that of the input
 */
public record JobRequest(@Nullable String input, @Nullable String name, int priority, Upscaling upscaling) {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_INPUT = 4096;

    /**
     * Reads a request.
     *
     * @throws StreamException in one line that names the key, when something is wrong
     */
    public static JobRequest parse(ObjectNode fields) {
        Settings settings = new Settings("", fields);
        String input = settings.text("input");
        if (input != null && (input.isBlank() || input.length() > LONGEST_INPUT || input.indexOf('\0') >= 0)) {
            throw settings.wrong("input", "must be a path or URL of up to " + LONGEST_INPUT + " characters");
        }
        String name = settings.text("name");
        if (name != null) {
            name = fileName(name);
            if (name.isEmpty() || name.length() > LONGEST_NAME) {
                throw settings.wrong("name", "must be a file name of up to " + LONGEST_NAME + " characters");
            }
        }
        Integer priority = settings.integer("priority", JobsConfig.LEAST_PRIORITY, JobsConfig.MOST_PRIORITY);
        JobRequest request =
                new JobRequest(input, name, priority == null ? 0 : priority, Upscaling.ofRequest(settings));
        settings.end();
        return request;
    }

    /** @throws JobRefusal when no model or device here does what is wanted */
    void check(Catalogue models) {
        try {
            upscaling.check(models);
        } catch (StreamException e) {
            throw new JobRefusal(Reason.UNUSABLE, String.valueOf(e.getMessage()));
        }
    }

    Job job() {
        String given = name != null
                ? name
                : input != null ? fileName(MediaNames.shown(input).replaceFirst("[?#].*", "")) : "";
        String kept = given.isEmpty() ? "video" : given.substring(Math.max(0, given.length() - LONGEST_NAME));
        return Job.queued(kept, input, upscaling, null, priority);
    }

    /** The last part of a path, of whatever system, without what no name should have. */
    private static String fileName(String path) {
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return name.replaceAll("\\p{Cntrl}", "").strip();
    }
}
