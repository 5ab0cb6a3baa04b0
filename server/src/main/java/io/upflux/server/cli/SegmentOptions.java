package io.upflux.server.cli;

import io.upflux.server.segment.SegmentPlan;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long videos are cut up, worked on in parallel, and taken up again. */
final class SegmentOptions {
    @Option(
            names = "--resume",
            description = {
                "Continue an output that an earlier run left unfinished, with the same options; begin it where there is",
                "nothing to continue."
            })
    private boolean resume;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Segments of a video to work on at a time; they share the processors (default: 1).")
    private int jobs = 1;

    @Option(
            names = "--segment",
            paramLabel = "T",
            converter = TimeConverter.class,
            description = "How much of a video one segment is (default: 10s). A shorter video is one piece.")
    private @Nullable Duration length;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    /** @throws ParameterException when a value is out of range */
    void check() {
        if (jobs < 1 || jobs > 256) {
            throw new ParameterException(spec.commandLine(), "--jobs is 1 to 256, not " + jobs);
        }
        if (seconds() < 1) {
            throw new ParameterException(spec.commandLine(), "--segment is 1s at least");
        }
    }

    boolean resume() {
        return resume;
    }

    int jobs() {
        return jobs;
    }

    double seconds() {
        return length == null ? SegmentPlan.SECONDS : length.toMillis() / 1000.0;
    }
}
