package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subtitles, in the forms that containers have for them. */
class CarriedSubtitlesTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void turnsTextSubtitlesIntoTheContainersOwn() {
        Path in = folder.resolve("in.mkv");
        Film.make(
                in,
                "-i",
                Film.subtitles(folder),
                "-map",
                "0:v",
                "-map",
                "2:s",
                "-map",
                "2:s",
                "-c:s:0",
                "subrip",
                "-c:s:1",
                "ass");

        Path mp4 = folder.resolve("out.mp4");
        Remux.run(in, mp4, notices);
        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos)
                .filteredOn(line -> line.contains("is converted to mov_text"))
                .hasSize(2);
        assertThat(events(mp4, 0)).isEqualTo(events(in, 0)).contains("Second");
        assertThat(events(mp4, 1)).isEqualTo(events(in, 1)).contains("Second");

        Path back = folder.resolve("back.mkv");
        Remux.run(mp4, back, notices);
        assertThat(events(back, 0)).isEqualTo(events(in, 0));

        Path webm = folder.resolve("out.webm");
        Remux.run(in, webm, notices);
        assertThat(events(webm, 0)).isEqualTo(events(in, 0));
    }

    @Test
    void dropsWhatCannotBeConvertedWithOneLine() {
        Path in = folder.resolve("in.mkv");
        Path text = folder.resolve("text.mkv");
        Film.make(text, "-i", Film.subtitles(folder), "-map", "0:v", "-map", "2:s");
        // A bitmap subtitle: what matters is its codec.
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-f",
                "lavfi",
                "-i",
                "color=s=48x40:d=1",
                "-c:v",
                "mpeg4",
                "-map",
                "0",
                in);
        Path pictures = folder.resolve("bitmap.mkv");
        BitmapSubtitle.addTo(in, pictures, folder);

        Remux.run(pictures, folder.resolve("out.mp4"), notices);

        assertThat(notices.warnings)
                .singleElement()
                .asString()
                .startsWith("subtitle stream 1 (hdmv_pgs_subtitle) is dropped: MP4 cannot hold such streams");
    }

    @ParameterizedTest
    @CsvSource({
        "in.mkv, subrip, out.mkv",
        "in.mkv, ass, out.mp4",
        "in.mp4, mov_text, out.mkv",
        "in.mp4, mov_text, out.mp4"
    })
    void keepsTheSubtitleThatIsOnScreenAtTheStart(String from, String codec, String to) throws IOException {
        Path lines = Files.writeString(folder.resolve("standing.srt"), """
                1
                00:00:00,000 --> 00:00:00,200
                Gone

                2
                00:00:00,300 --> 00:00:01,200
                Standing

                3
                00:00:01,300 --> 00:00:01,600
                Later
                """);
        Path in = folder.resolve(from);
        // A key frame lies between the subtitle and the start.
        Film.make(in, "-i", lines, "-map", "0:v", "-map", "2:s", "-c:s", codec, "-g", 10);
        Path out = folder.resolve(to);

        Remux.run(in, out, InputOptions.defaults().withStart(Duration.ofMillis(500)), notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(events(out, 0).lines().filter(line -> !line.isBlank()))
                .containsExactly(
                        "1",
                        "00:00:00,000 --> 00:00:00,700",
                        "Standing",
                        "2",
                        "00:00:00,800 --> 00:00:01,100",
                        "Later");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500})
    void endsSubtitlesWithTheRange(int start) throws IOException {
        Path lines = Files.writeString(folder.resolve("long.srt"), """
                1
                00:00:00,300 --> 00:00:09,000
                Long
                """);
        Path in = folder.resolve("in.mkv");
        Film.make(in, "-i", lines, "-map", "0:v", "-map", "2:s");
        Path out = folder.resolve("out.mkv");

        InputOptions part =
                InputOptions.defaults().withStart(Duration.ofMillis(start)).withDuration(Duration.ofSeconds(1));
        Remux.run(in, out, part, notices);

        assertThat(events(out, 0)).contains("--> 00:00:01,000");
    }

    private static String events(Path file, int index) {
        return Programs.ffmpegOutput("-i", file, "-map", "0:s:" + index, "-f", "srt")
                .replaceAll("</?font[^>]*>", "");
    }
}
