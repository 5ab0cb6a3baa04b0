package io.upflux.server.job;

import io.upflux.codecs.InputLimits;
import io.upflux.server.config.Upscaling;
import io.upflux.server.process.JavaProgram;
import io.upflux.server.source.GuardedSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How this program is run once more for a job: by the same Java with the same class path and options, but with memory and
 * processors of its own, and behind everything else.
 */
final class JobCommand {
    /** By its name only: it stands above everything else. */
    private static final String MAIN = "io.upflux.server.Main";

    private final List<String> program = new ArrayList<>();
    private final List<String> options;
    private final InputLimits limits;

    /**
     * @param heapBytes most heap
     * @param parallel how many share the processors
     * @param limits of what is read
     */
    JobCommand(long heapBytes, int parallel, InputLimits limits) {
        this.limits = limits;
        if (isThere("nice")) {
            program.addAll(List.of("nice", "-n", "10"));
        }
        program.add(JavaProgram.java());
        List<String> more = new ArrayList<>(List.of("-XX:-CreateCoredumpOnCrash"));
        if (parallel > 1) {
            // Not by --threads, which would make it another job when the number changes.
            int processors = Math.max(1, Runtime.getRuntime().availableProcessors() / parallel);
            more.add("-XX:ActiveProcessorCount=" + processors);
        }
        options = JavaProgram.options(heapBytes, more, MAIN);
    }

    /**
     * Writes the arguments into the job's folder.
     *
     * @param source what is read, and how
     */
    List<String> of(Job job, JobFolder folder, GuardedSource source) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.add(ArgumentFile.write(folder.arguments(), arguments(job, folder, source)));
        return command;
    }

    private List<String> arguments(Job job, JobFolder folder, GuardedSource source) {
        List<String> command = new ArrayList<>(options);
        command.add(0, "-XX:ErrorFile=" + folder.path().resolve("crash-%p.log"));
        command.addAll(List.of("upscale", source.url(), "-o", folder.output().toString()));
        command.addAll(List.of("--json", "--resume", "--overwrite", "--until-eof"));
        command.addAll(List.of("--snapshot", folder.picture().toString()));
        new TreeMap<>(source.demuxerOptions())
                .forEach((key, value) -> add(command, "--input-option", key + "=" + value));
        add(command, "--max-pixels", limits.pixels());
        add(command, "--max-streams", limits.streams());
        add(command, "--max-frame-rate", limits.rate());
        Duration longest = limits.duration();
        add(command, "--max-duration", longest == null ? null : longest.toMillis() / 1000.0);
        Upscaling upscaling = job.upscaling();
        add(command, "--start", upscaling.start());
        add(command, "--duration", upscaling.duration());
        add(command, "--model", upscaling.model());
        add(command, "--device", upscaling.device());
        add(command, "--scale", upscaling.scale());
        add(command, "--height", upscaling.height());
        add(command, "--reuse", upscaling.reuse());
        add(command, "--halting", upscaling.halting());
        if (Boolean.FALSE.equals(upscaling.guard())) {
            command.add("--no-guard");
        }
        add(command, "--video-codec", upscaling.videoCodec());
        add(command, "--crf", upscaling.crf());
        add(command, "--bitrate", upscaling.bitrate());
        return command;
    }

    private static void add(List<String> command, String option, @Nullable Object value) {
        if (value != null) {
            command.add(option + "=" + value);
        }
    }

    private static boolean isThere(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(Pattern.quote(File.pathSeparator)))
                        .filter(folder -> !folder.isEmpty())
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
