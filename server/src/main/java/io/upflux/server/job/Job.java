package io.upflux.server.job;

import io.upflux.codecs.MediaNames;
import io.upflux.server.config.Upscaling;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file to be upscaled, at one moment.
 *
 * @param id names it and its folder
 * @param name of its input, for people
 * @param input path or URL; null for what was uploaded into its folder
 * @param upscaling with a container
 * @param delivery folder where the output appears, too; null for none
 * @param priority those with a higher one come first
 * @param started when it was begun for the first time; null before
 * @param ended when it was done, failed or was cancelled; null before
 * @param worked how long it has been worked on, over all processes, since it was last queued anew
 * @param crashes how many of its processes have crashed since one got any further
 * @param error why it failed, in one line; null when it did not
 */
public record Job(
        String id,
        String name,
        @Nullable String input,
        Upscaling upscaling,
        @Nullable Path delivery,
        int priority,
        JobState state,
        Instant created,
        @Nullable Instant started,
        @Nullable Instant ended,
        JobProgress progress,
        Duration worked,
        int crashes,
        @Nullable String error) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    static Job queued(String name, @Nullable String input, Upscaling upscaling, @Nullable Path delivery, int priority) {
        return new Job(
                UUID.randomUUID().toString(),
                name,
                input,
                upscaling.forInput(name),
                delivery,
                priority,
                JobState.QUEUED,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                null,
                null,
                JobProgress.NONE,
                Duration.ZERO,
                0,
                null);
    }

    /** Whether a text can be the id of a job. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Name of its output, for people. */
    public String outputName() {
        return MediaNames.stem(name) + "." + upscaling.container();
    }
}
