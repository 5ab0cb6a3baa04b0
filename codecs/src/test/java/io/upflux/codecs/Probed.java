package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What ffprobe and ffmpeg say of the streams of a file. */
final class Probed {
    private Probed() {}

    /** Packets of a stream, such as {@code a:0}. */
    static int count(Path file, String stream) {
        return FfmpegPrograms.times(file, stream).size();
    }

    /** When the first packet is shown or heard, in seconds. */
    static double first(Path file, String stream) {
        return FfmpegPrograms.times(file, stream).get(0);
    }

    /** When the last one is. */
    static double last(Path file, String stream) {
        List<Double> times = FfmpegPrograms.times(file, stream);
        return times.get(times.size() - 1);
    }

    /** Of the sound; empty without any. */
    static String codec(Path file) {
        return entries(file, "a:0", "-show_entries", "stream=codec_name").stream()
                .findFirst()
                .orElse("");
    }

    /** Of the packets of the sound, as they are stored. */
    static List<String> checksums(Path file) {
        return entries(file, "a:0", "-show_data_hash", "md5", "-show_entries", "packet=data_hash");
    }

    /** Lines of what is asked for, commas between its values, without empty ones. */
    static List<String> entries(Path file, String stream, String... what) {
        List<String> arguments = new ArrayList<>(List.of("-v", "error", "-select_streams", stream));
        arguments.addAll(List.of(what));
        arguments.addAll(List.of("-of", "csv=p=0", file.toString()));
        return FfmpegPrograms.ffprobe(arguments.toArray(String[]::new))
                .lines()
                .map(line -> line.replaceAll("[, ]+$", ""))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Sound begins and ends with the pictures, give or take so many seconds, and all of it is decoded. */
    static void assertInStep(Path file, double start, double end) throws IOException {
        assertThat(first(file, "a:0") - first(file, "v:0")).as("%s", file).isCloseTo(0, within(start));
        assertThat(last(file, "a:0") - last(file, "v:0")).as("%s", file).isCloseTo(0, within(end));
        assertThat(errors(file)).as("%s", file).isEmpty();
    }

    /** What a decoder complains of. */
    static String errors(Path file) throws IOException {
        Path frames = file.resolveSibling("frames.txt");
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "framemd5", frames.toString());
        return Files.readString(frames).lines().anyMatch(line -> !line.startsWith("#")) ? "" : "no frame";
    }
}
