package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Collected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Titles, languages, chapters, cover art, attachments. */
class CarriedMetadataTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void keepsEverythingThatMatroskaHolds() throws IOException {
        Path in = folder.resolve("in.mkv");
        Path out = folder.resolve("out.mkv");
        Path font = Files.write(folder.resolve("font.ttf"), new byte[] {0, 1, 0, 0, 5, 6, 7});
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=48x40:r=25:d=2",
                "-f",
                "lavfi",
                "-i",
                "sine=d=2",
                "-i",
                Film.subtitles(folder),
                "-i",
                Film.metadata(folder),
                "-map",
                "1:a",
                "-map",
                "0:v",
                "-map",
                "2:s",
                "-map",
                "1:a",
                "-map_metadata",
                3,
                "-attach",
                font,
                "-metadata:s:t:0",
                "mimetype=application/x-truetype-font",
                "-c:v",
                "mpeg4",
                "-c:a:0",
                "ac3",
                "-c:a:1",
                "flac",
                "-c:s",
                "ass",
                "-metadata:s:a:0",
                "language=deu",
                "-metadata:s:v:0",
                "title=Picture",
                "-metadata:s:a:1",
                "title=Comment",
                "-disposition:a:1",
                "comment",
                in);

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        String what =
                "stream=codec_type,codec_name:stream_tags=language,title,filename,mimetype:stream_disposition=comment";
        List<String> before = Programs.ffprobe(in, "-show_entries", what);
        List<String> after = Programs.ffprobe(out, "-show_entries", what);
        assertThat(after).hasSize(5);
        assertThat(after.get(1)).startsWith("h264,video").contains("Picture");
        assertThat(after.get(0)).isEqualTo(before.get(0));
        assertThat(after.subList(2, 5)).isEqualTo(before.subList(2, 5));
        assertThat(Film.chapters(out)).isEqualTo(Film.chapters(in)).hasSize(2);
        assertThat(Programs.ffprobe(out, "-show_entries", "format_tags=title")).containsExactly("A film");
        Path dumped = folder.resolve("dumped.ttf");
        Programs.ffmpeg("-dump_attachment:t:0", dumped, "-i", out, "-f", "null", "-");
        assertThat(Files.readAllBytes(dumped)).isEqualTo(Files.readAllBytes(font));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkv", "mp4"})
    void keepsCoverArt(String extension) {
        Path cover = folder.resolve("cover.jpg");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=32x32:d=0.04", "-frames:v", 1, "-update", 1, cover);
        Path in = folder.resolve("in.mp4");
        Film.make(
                in,
                "-i",
                cover,
                "-map",
                "0:v",
                "-map",
                "1:a",
                "-map",
                "2:v",
                "-c:v:1",
                "copy",
                "-disposition:v:1",
                "attached_pic");

        Path out = folder.resolve("out." + extension);
        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        List<String> streams =
                Programs.ffprobe(out, "-show_entries", "stream=codec_name:stream_disposition=attached_pic");
        assertThat(streams).contains("mjpeg,1").hasSize(3);
        Path taken = folder.resolve("taken.jpg");
        Programs.ffmpeg("-i", out, "-map", "0:v:1", "-c", "copy", "-update", 1, taken);
        assertThat(taken).hasSameBinaryContentAs(cover);
    }

    @Test
    void keepsChaptersAndTitleInMp4() {
        Path in = folder.resolve("in.mp4");
        Film.make(in, "-i", Film.metadata(folder), "-map_metadata", 2, "-map", "0:v", "-map", "1:a");

        for (String name : List.of("out.mp4", "out.mov", "out.mkv")) {
            Path out = folder.resolve(name);
            Remux.run(in, out, notices);
            assertThat(Film.chapters(out)).as(name).isEqualTo(Film.chapters(in)).hasSize(2);
            assertThat(Programs.ffprobe(out, "-show_entries", "format_tags=title"))
                    .containsExactly("A film");
        }
        assertThat(notices.warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            out.avi | A film | null   | AVI has no place for tags: language of stream 1
            out.ts  | null   | deu    | TS has no place for tags: title (which names the service), artist, title of stream 1
            out.mkv | A film | deu    | null
            """, nullValues = "null")
    void namesTheTagsThatTheContainerCannotHold(
            String name, @Nullable String title, @Nullable String language, @Nullable String line) {
        Path in = folder.resolve("in.mkv");
        Film.make(
                in,
                "-c:a",
                "ac3",
                "-metadata",
                "title=A film",
                "-metadata",
                "artist=Somebody",
                "-metadata:s:a:0",
                "language=deu",
                "-metadata:s:a:0",
                "title=Comment");
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos)
                .filteredOn(info -> info.contains("no place"))
                .isEqualTo(Stream.ofNullable(line).toList());
        assertThat(Programs.ffprobe(out, "-show_entries", "format_tags=title"))
                .isEqualTo(Stream.ofNullable(title).toList());
        assertThat(Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "stream_tags=language"))
                .contains(Stream.ofNullable(language).toArray(String[]::new));
    }
}
