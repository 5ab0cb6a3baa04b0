package io.upflux.codecs.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Films of a test pattern and a tone, what may come with them, and what is in one. */
final class Film {
    private Film() {}

    /** Two lines of text, as SubRip. */
    static Path subtitles(Path folder) {
        return write(folder.resolve("lines.srt"), """
                1
                00:00:00,200 --> 00:00:00,900
                First <i>line</i>

                2
                00:00:01,000 --> 00:00:01,500
                Second

                """);
    }

    /** Two chapters and a title, as FFmpeg writes metadata. */
    static Path metadata(Path folder) {
        return write(folder.resolve("chapters.txt"), """
                ;FFMETADATA1
                title=A film
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=1000
                title=One
                [CHAPTER]
                TIMEBASE=1/1000
                START=1000
                END=2000
                title=Two
                """);
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two seconds of picture and sound; {@code arguments} come before the output's name. */
    static void make(Path out, Object... arguments) {
        Object[] base = {"-f", "lavfi", "-i", "testsrc=s=48x40:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"};
        Object[] all = new Object[base.length + arguments.length + 3];
        System.arraycopy(base, 0, all, 0, base.length);
        System.arraycopy(arguments, 0, all, base.length, arguments.length);
        all[all.length - 3] = "-c:v:0";
        all[all.length - 2] = "mpeg4";
        all[all.length - 1] = out;
        Programs.ffmpeg(all);
    }

    /** Hash over the packets, without the ADTS headers that only transport streams have. */
    static String soundHash(Path file) {
        return file.toString().endsWith(".ts")
                ? Programs.ffmpegOutput(
                        "-i", file, "-map", "0:a", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "streamhash")
                : Programs.ffmpegOutput("-i", file, "-map", "0:a", "-c", "copy", "-f", "streamhash");
    }

    /** Start, end and title of each. */
    static List<String> chapters(Path file) {
        return Programs.ffprobe(
                file, "-show_chapters", "-show_entries", "chapter=start_time,end_time:chapter_tags=title");
    }

    /** Seconds from the first picture to the first sound. */
    static double soundOffset(Path file) {
        return start(file, "a:0") - start(file, "v:0");
    }

    /** Of a stream, such as {@code a:0}, in seconds. */
    static double start(Path file, String stream) {
        return Double.parseDouble(
                Programs.ffprobe(file, "-select_streams", stream, "-show_entries", "stream=start_time")
                        .get(0));
    }
}
