package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When pictures are seen and sound is heard, on the clock of the output. */
class CarriedTimesTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @CsvSource({
        "in.mp4, out.mp4",
        "in.mp4, out.mkv",
        "in.mkv, out.mp4",
        "in.ts, out.mp4",
        "in.ts, out.mkv",
        "in.mkv, out.ts"
    })
    void keepsTheStartOfSoundRelativeToThePicture(String from, String to) {
        Path in = folder.resolve(from);
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-itsoffset",
                0.4,
                "-f",
                "lavfi",
                "-i",
                "sine=d=1.5:r=48000",
                "-c:v",
                "mpeg4",
                "-c:a",
                "aac",
                in);
        Path out = folder.resolve(to);

        Remux.run(in, out, notices);

        assertThat(Film.soundOffset(out)).isCloseTo(Film.soundOffset(in), within(0.002));
        assertThat(Film.soundOffset(in)).isCloseTo(0.4, within(0.03));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "select='lt(mod(n,5),2)'"})
    void aviCountsPicturesAndKeepsEachInItsPlace(String filter) {
        Path in = folder.resolve("in.mkv");
        Programs.ffmpeg(
                "-itsoffset",
                0.12,
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-f",
                "lavfi",
                "-i",
                "sine=d=2:r=48000",
                "-vf",
                filter,
                "-fps_mode",
                "vfr",
                "-c:v",
                "mpeg4",
                "-c:a",
                "ac3",
                in);
        Path out = folder.resolve("out.avi");

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(Programs.video(out, "r_frame_rate")).isEqualTo("25/1");
        assertThat(dtsTimes(in, "v").get(0)).isEqualTo(0.12);
        assertThat(dtsTimes(out, "v")).isEqualTo(dtsTimes(in, "v"));
        assertThat(dtsTimes(out, "a").get(0)).isZero();
    }

    private static List<Double> dtsTimes(Path file, String stream) {
        return Programs.ffprobe(file, "-select_streams", stream, "-show_entries", "packet=dts_time").stream()
                .map(Double::parseDouble)
                .toList();
    }

    @Test
    void movesATransportStreamToZero() {
        Path in = folder.resolve("in.ts");
        Film.make(in, "-c:a", "aac");
        Path out = folder.resolve("out.mkv");

        Remux.run(in, out, notices);

        double start = Double.parseDouble(
                Programs.ffprobe(out, "-show_entries", "format=start_time").get(0));
        assertThat(start).isBetween(0.0, 0.1);
        assertThat(Film.soundHash(out)).isEqualTo(Film.soundHash(in));
        assertThat(Film.soundOffset(out)).isCloseTo(Film.soundOffset(in), within(0.002));
    }

    @Test
    void keepsAllSoundWithItsPicturesWhereTheClockStepsBack() throws IOException {
        Path once = folder.resolve("once.ts");
        Film.make(once, "-c:a", "aac");
        Path twice = folder.resolve("twice.ts");
        Files.write(twice, Files.readAllBytes(once));
        Files.write(twice, Files.readAllBytes(once), StandardOpenOption.APPEND);
        Path out = folder.resolve("out.mkv");

        Remux.run(twice, out, notices);

        assertThat(notices.warnings).first().asString().contains("the clock steps back by 2.0");
        assertThat(dtsTimes(out, "a")).hasSize(2 * dtsTimes(once, "a").size());
        List<Double> pictures = dtsTimes(out, "v");
        assertThat(pictures).hasSize(100);
        assertThat(pictures.get(99)).isCloseTo(4, within(0.1));
        assertThat(Film.soundOffset(out)).isCloseTo(Film.soundOffset(once), within(0.002));
        List<Double> sounds = dtsTimes(out, "a");
        assertThat(sounds.get(sounds.size() / 2) - pictures.get(50))
                .isCloseTo(sounds.get(0) - pictures.get(0), within(0.002));
    }

    @Test
    void cutsSoundAndChaptersToThePart() {
        Path in = folder.resolve("in.mkv");
        Film.make(in, "-i", Film.metadata(folder), "-map_metadata", 2, "-map", "0:v", "-map", "1:a");
        Path out = folder.resolve("out.mkv");

        InputOptions part =
                InputOptions.defaults().withStart(Duration.ofMillis(500)).withDuration(Duration.ofMillis(1000));
        Remux.run(in, out, part, notices);

        List<String> times = Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "packet=pts_time");
        assertThat(Double.parseDouble(times.get(0))).isBetween(0.0, 0.03);
        assertThat(Double.parseDouble(times.get(times.size() - 1))).isBetween(0.95, 1.0);
        List<String> chapters = Film.chapters(out);
        assertThat(chapters).hasSize(2);
        assertThat(chapters.get(0)).startsWith("0.000000,0.50").endsWith(",One");
        assertThat(chapters.get(1)).startsWith("0.50").endsWith(",1.000000,Two");
    }
}
