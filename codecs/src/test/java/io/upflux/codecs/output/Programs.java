package io.upflux.codecs.output;

import io.upflux.codecs.FfmpegPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** ffmpeg and ffprobe in the forms that these tests ask in. */
final class Programs {
    private Programs() {}

    static void ffmpeg(Object... arguments) {
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        FfmpegPrograms.ffmpeg(texts.toArray(String[]::new));
    }

    /** What ffmpeg writes to its output, whose name is left out. */
    static String ffmpegOutput(Object... arguments) {
        try {
            Path file = Files.createTempFile("upflux", ".txt");
            Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = file;
            ffmpeg(all);
            String text = Files.readString(file);
            Files.delete(file);
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of {@code ffprobe -of csv=p=0}, without empty ones. */
    static List<String> ffprobe(Path file, String... arguments) {
        List<String> command = new ArrayList<>(List.of("-v", "error", "-of", "csv=p=0"));
        command.addAll(List.of(arguments));
        command.add(file.toString());
        return FfmpegPrograms.ffprobe(command.toArray(String[]::new))
                .lines()
                .map(line -> line.replaceFirst(",+$", ""))
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Wanted entries of the first video stream, commas between them; a transport stream repeats itself. */
    static String video(Path file, String entries) {
        return ffprobe(file, "-select_streams", "v:0", "-show_entries", "stream=" + entries)
                .get(0);
    }
}
