package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaInfo;
import io.upflux.codecs.MediaInfo.Audio;
import io.upflux.codecs.MediaInfo.Chapter;
import io.upflux.codecs.MediaInfo.Stream;
import io.upflux.codecs.MediaInfo.Video;
import io.upflux.pipeline.StreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code upflux probe}: what is in a file. */
@Command(name = "probe", description = "Show what is in a file or stream.", sortOptions = false)
final class ProbeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "INPUT", description = "File, URL, or -.")
    private String input = "";

    @Option(names = "--json", description = "One JSON object on standard output; what is not known is left out.")
    private boolean json;

    ProbeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (UpscaleTask.isPath(input) && !Files.exists(Path.of(input)) && !UpscaleTask.isSequence(input)) {
            throw new StreamException(input + ": no such file");
        }
        MediaInfo info = MediaInfo.probe(input, InputOptions.defaults());
        if (json) {
            new JsonLines(console.out()).write(JsonLines.tree(info));
        } else {
            describe(info).forEach(console::say);
        }
        return 0;
    }

    private static List<String> describe(MediaInfo info) {
        List<String> lines = new ArrayList<>();
        lines.add(info.location() + ": " + info.format()
                + (info.durationSeconds() != null ? ", " + Clock.hms(info.durationSeconds()) : "")
                + (info.bytes() != null ? String.format(Locale.ROOT, ", %.1f MB", info.bytes() / 1e6) : "")
                + rate(info.bitRate()));
        for (Stream stream : info.streams()) {
            lines.add(describe(stream));
        }
        for (Chapter chapter : info.chapters()) {
            lines.add("  chapter " + Clock.hms(chapter.start()) + " to " + Clock.hms(chapter.end())
                    + tags(chapter.tags()));
        }
        if (!info.tags().isEmpty()) {
            lines.add(" " + tags(info.tags()));
        }
        return lines;
    }

    private static String describe(Stream stream) {
        StringBuilder line = new StringBuilder("  #" + stream.index() + " " + stream.type() + " " + stream.codec());
        if (stream.profile() != null) {
            line.append(" (").append(stream.profile()).append(')');
        }
        Video video = stream.video();
        if (video != null) {
            line.append(describe(video));
        }
        Audio audio = stream.audio();
        if (audio != null) {
            line.append(", ").append(audio.sampleRate()).append(" Hz, ").append(audio.layout());
        }
        line.append(stream.frames() != null && video != null ? ", " + stream.frames() + " frames" : "");
        line.append(rate(stream.bitRate()));
        for (String disposition : stream.dispositions()) {
            line.append(", ").append(disposition);
        }
        return line.append(tags(stream.tags())).toString();
    }

    private static String describe(Video video) {
        StringBuilder line = new StringBuilder(", " + video.width() + "x" + video.height() + " " + video.pixelFormat());
        line.append(", ").append(decimal(video.frameRate())).append(" fps");
        if (!video.sampleAspect().equals("1/1") && !video.sampleAspect().equals("0/1")) {
            line.append(", samples ").append(video.sampleAspect()).append(" wide");
        }
        line.append(", ").append(video.range()).append(" range, matrix ").append(video.matrix());
        if (!video.hdr().equals("none")) {
            line.append(", HDR ").append(video.hdr().toUpperCase(Locale.ROOT));
        }
        if (video.rotation() != 0) {
            line.append(", shown turned by ").append(video.rotation()).append(" degrees");
        }
        if (!video.fieldOrder().equals("progressive") && !video.fieldOrder().equals("unknown")) {
            line.append(", interlaced (").append(video.fieldOrder()).append(')');
        }
        return line.toString();
    }

    /** {@code 30000/1001} as {@code 29.97}. */
    private static String decimal(String fraction) {
        String[] parts = fraction.split("/", 2);
        if (parts.length < 2 || parts[1].equals("0")) {
            return fraction;
        }
        double value = Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
        return String.valueOf(JsonLines.round(value, 3)).replaceFirst("\\.0$", "");
    }

    private static String rate(@Nullable Long bitsPerSecond) {
        return bitsPerSecond != null ? ", " + Math.round(bitsPerSecond / 1e3) + " kb/s" : "";
    }

    private static String tags(Map<String, String> tags) {
        StringBuilder text = new StringBuilder();
        tags.forEach((key, value) -> text.append(" ").append(key).append('=').append(value.replaceAll("\\s+", " ")));
        return text.isEmpty() ? "" : "  [" + text.substring(1) + "]";
    }
}
