package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.codecs.Collected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sound, as it is or in another kind. */
class CarriedSoundTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @CsvSource({
        "in.mp4, out.mp4",
        "in.mp4, out.mkv",
        "in.mp4, out.mov",
        "in.mkv, out.mkv",
        "in.mkv, out.mp4",
        "in.ts, out.mp4",
        "in.ts, out.mkv",
        "in.mp4, out.ts"
    })
    void copiesSoundBitForBit(String from, String to) {
        Path in = folder.resolve(from);
        Path out = folder.resolve(to);
        Film.make(in, "-c:a", "aac");

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(Film.soundHash(out)).isEqualTo(Film.soundHash(in)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"out.webm, opus, 2", "out.webm, opus, 6", "out.mp4, aac, 2"})
    void convertsSoundAndKeepsItInStep(String name, String codec, int channels) throws IOException {
        Path in = folder.resolve("in.mkv");
        // A click at one second, in sound that starts 0.3 s after the picture.
        String sound = "aevalsrc='" + "gt(t,0.7)*lt(t,0.71)|".repeat(channels).replaceFirst("\\|$", "")
                + "':s=44100:d=1.6:c=" + (channels == 2 ? "stereo" : "5.1");
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-itsoffset",
                0.3,
                "-f",
                "lavfi",
                "-i",
                sound,
                "-c:v",
                "mpeg4",
                "-c:a",
                channels == 2 && name.endsWith("mp4") ? "wmav2" : "pcm_s16le",
                in);
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos).anyMatch(line -> line.contains("is converted to " + codec));
        assertThat(Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "stream=codec_name,channels"))
                .containsExactly(codec + "," + channels);
        assertThat(clickSeconds(out)).isCloseTo(clickSeconds(in), within(0.006));
    }

    @Test
    void soundMayChangeItsLayoutAndKeepItsNumberOfChannels() throws IOException {
        Path sound = folder.resolve("sound.ac3");
        for (String layout : List.of("2.1", "3.0")) {
            Path part = folder.resolve("part.ac3");
            Programs.ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=1:r=48000,aformat=channel_layouts=" + layout, part);
            Files.write(sound, Files.readAllBytes(part), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        Path in = folder.resolve("in.mkv");
        Film.make(in, "-i", sound, "-map", "0:v", "-map", "2:a", "-c:a", "copy");
        Path out = folder.resolve("out.webm");

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        List<String> times = Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "packet=pts_time");
        assertThat(Double.parseDouble(times.get(times.size() - 1))).isCloseTo(2, within(0.05));
    }

    /** A damaged time may state centuries, which nobody would wait for. */
    @ParameterizedTest
    @CsvSource({"out.webm", "out.mp4"})
    void aPauseOfHoursIsNotFilledWithSilence(String name) {
        Path in = folder.resolve("in.mkv");
        Film.make(in, "-c:a", "wmav2", "-af", "asetpts=PTS+gt(T\\,1)*7200/TB");
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        List<String> times = Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "packet=pts_time");
        assertThat(times).hasSizeBetween(80, 120);
        assertThat(Double.parseDouble(times.get(times.size() - 1))).isBetween(7201.5, 7202.5);
    }

    @ParameterizedTest
    @CsvSource({"pcm_s16le, encoded anew", "flac, converted to pcm_s16le"})
    void resamplesSoundForMxf(String codec, String how) {
        Path in = folder.resolve("in.mkv");
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-f",
                "lavfi",
                "-i",
                "sine=d=2:r=44100",
                "-c:v",
                "mpeg4",
                "-c:a",
                codec,
                in);
        Path out = folder.resolve("out.mxf");

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos)
                .contains("audio stream 1 (" + codec + ") is " + how
                        + ", resampled to 48000 Hz: MXF cannot hold it as it is");
        assertThat(Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "stream=codec_name,sample_rate"))
                .containsExactly("pcm_s16le,48000");
        assertThat(Double.parseDouble(Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "stream=duration")
                        .get(0)))
                .isCloseTo(2, within(0.05));
    }

    /** When the loud part begins, on the clock of the pictures. */
    private static double clickSeconds(Path file) throws IOException {
        Path printed = file.resolveSibling("silence.txt");
        Programs.ffmpeg(
                "-i",
                file,
                "-map",
                "0:a",
                "-af",
                "silencedetect=n=0.1:d=0.05,ametadata=print:file=" + printed,
                "-f",
                "null",
                "-");
        String report = Files.readString(printed);
        return report.lines()
                        .filter(line -> line.startsWith("lavfi.silence_end="))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('=') + 1)))
                        .findFirst()
                        .orElseThrow()
                - Film.start(file, "v:0");
    }
}
