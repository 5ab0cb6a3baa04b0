package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CarriedStreamsTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();
    private Path subtitles;
    private Path chapters;
    private Path cover;

    @BeforeEach
    void writeSideFiles() throws IOException {
        subtitles = Files.writeString(
                folder.resolve("lines.srt"),
                "1\n00:00:00,200 --> 00:00:00,900\nFirst <i>line</i>\n\n2\n00:00:01,000 --> 00:00:01,500\nSecond\n\n");
        chapters = Files.writeString(
                folder.resolve("chapters.txt"),
                ";FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
                        + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n");
        cover = folder.resolve("cover.jpg");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=32x32:d=0.04", "-frames:v", 1, "-update", 1, cover);
    }

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
        film(in, "-c:a", "aac");

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(soundHash(out)).isEqualTo(soundHash(in)).isNotEmpty();
    }

    /** The alpha of VP9 is a second stream beside the packets, which FFmpeg's own decoder passes over. */
    @ParameterizedTest
    @ValueSource(strings = {"out.webm", "out.mkv"})
    void keepsTheTransparencyOfVp9(String to) {
        Path in = folder.resolve("in.webm");
        Path out = folder.resolve(to);
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=64x48:r=25:d=0.4,format=yuva420p,geq=lum='lum(X,Y)':a='4*X'",
                "-c:v",
                "libvpx-vp9",
                in);

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos).containsExactly("encoder libvpx-vp9, yuv420p+alpha");
        try (MediaSource again = MediaSource.open(out.toString(), InputOptions.defaults(), notices)) {
            assertThat(again.format().layout()).hasToString("yuv420p+alpha");
        }
    }

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
                subtitles,
                "-i",
                chapters,
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
        assertThat(chapters(out)).isEqualTo(chapters(in)).hasSize(2);
        assertThat(Programs.ffprobe(out, "-show_entries", "format_tags=title")).containsExactly("A film");
        Path dumped = folder.resolve("dumped.ttf");
        Programs.ffmpeg("-dump_attachment:t:0", dumped, "-i", out, "-f", "null", "-");
        assertThat(Files.readAllBytes(dumped)).isEqualTo(Files.readAllBytes(font));
    }

    @Test
    void turnsTextSubtitlesIntoTheContainersOwn() {
        Path in = folder.resolve("in.mkv");
        film(in, "-i", subtitles, "-map", "0:v", "-map", "2:s", "-map", "2:s", "-c:s:0", "subrip", "-c:s:1", "ass");

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
        film(text, "-i", subtitles, "-map", "0:v", "-map", "2:s");
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
    @ValueSource(strings = {"mkv", "mp4"})
    void keepsCoverArt(String extension) {
        Path in = folder.resolve("in.mp4");
        film(
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
        film(in, "-i", chapters, "-map_metadata", 2, "-map", "0:v", "-map", "1:a");

        for (String name : List.of("out.mp4", "out.mov", "out.mkv")) {
            Path out = folder.resolve(name);
            Remux.run(in, out, notices);
            assertThat(chapters(out)).as(name).isEqualTo(chapters(in)).hasSize(2);
            assertThat(Programs.ffprobe(out, "-show_entries", "format_tags=title"))
                    .containsExactly("A film");
        }
        assertThat(notices.warnings).isEmpty();
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

    /** A damaged time may state centuries, which nobody would wait for. */
    @ParameterizedTest
    @CsvSource({"out.webm", "out.mp4"})
    void aPauseOfHoursIsNotFilledWithSilence(String name) {
        Path in = folder.resolve("in.mkv");
        film(in, "-c:a", "wmav2", "-af", "asetpts=PTS+gt(T\\,1)*7200/TB");
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        List<String> times = Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "packet=pts_time");
        assertThat(times).hasSizeBetween(80, 120);
        assertThat(Double.parseDouble(times.get(times.size() - 1))).isBetween(7201.5, 7202.5);
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
        film(
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

        assertThat(offset(out)).isCloseTo(offset(in), within(0.002));
        assertThat(offset(in)).isCloseTo(0.4, within(0.03));
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
        film(in, "-c:a", "aac");
        Path out = folder.resolve("out.mkv");

        Remux.run(in, out, notices);

        double start = Double.parseDouble(
                Programs.ffprobe(out, "-show_entries", "format=start_time").get(0));
        assertThat(start).isBetween(0.0, 0.1);
        assertThat(soundHash(out)).isEqualTo(soundHash(in));
        assertThat(offset(out)).isCloseTo(offset(in), within(0.002));
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.mp4", "out.mov", "out.mkv"})
    void keepsTheTurn(String name) {
        Path flat = folder.resolve("flat.mp4");
        film(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_rotation:v:0", 90, "-i", flat, "-c", "copy", in);
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(Programs.ffprobe(out, "-select_streams", "v:0", "-show_entries", "stream_side_data=rotation"))
                .containsExactly("90");
    }

    @ParameterizedTest
    @CsvSource({
        "out.mp4, 0,   -display_vflip",
        "out.mov, 0,   -display_hflip",
        "out.mkv, 0,   -display_vflip",
        "out.mp4, 90,  -display_hflip",
        "out.mkv, 180, -display_vflip",
    })
    void keepsTheFlip(String name, int degrees, String flip) {
        Path flat = folder.resolve("flat.mp4");
        film(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_rotation:v:0", degrees, flip + ":v:0", "-i", flat, "-c", "copy", in);
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(displayMatrix(in)).isNotEqualTo(displayMatrix(flat));
        assertThat(displayMatrix(out)).isEqualTo(displayMatrix(in));
    }

    @Test
    void keepsNoFlipThatThePixelsHaveHad() {
        Path flat = folder.resolve("flat.mp4");
        film(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_vflip:v:0", "-i", flat, "-c", "copy", in);
        Path out = folder.resolve("out.mp4");

        Remux.run(in, out, InputOptions.defaults().withRotatePixels(true), notices);

        assertThat(displayMatrix(in)).isNotEmpty();
        assertThat(displayMatrix(out)).isEmpty();
    }

    private static List<String> displayMatrix(Path file) {
        return Programs.ffprobe(file, "-select_streams", "v:0", "-show_entries", "stream_side_data=displaymatrix");
    }

    @Test
    void cutsSoundAndChaptersToThePart() {
        Path in = folder.resolve("in.mkv");
        film(in, "-i", chapters, "-map_metadata", 2, "-map", "0:v", "-map", "1:a");
        Path out = folder.resolve("out.mkv");

        InputOptions part =
                InputOptions.defaults().withStart(Duration.ofMillis(500)).withDuration(Duration.ofMillis(1000));
        Remux.run(in, out, part, notices);

        List<String> times = Programs.ffprobe(out, "-select_streams", "a", "-show_entries", "packet=pts_time");
        assertThat(Double.parseDouble(times.get(0))).isBetween(0.0, 0.03);
        assertThat(Double.parseDouble(times.get(times.size() - 1))).isBetween(0.95, 1.0);
        List<String> chapters = chapters(out);
        assertThat(chapters).hasSize(2);
        assertThat(chapters.get(0)).startsWith("0.000000,0.50").endsWith(",One");
        assertThat(chapters.get(1)).startsWith("0.50").endsWith(",1.000000,Two");
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
        film(in, "-i", lines, "-map", "0:v", "-map", "2:s", "-c:s", codec, "-g", 10);
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

    /** Two seconds of picture and sound; {@code arguments} come before the output's name. */
    private void film(Path out, Object... arguments) {
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
    private static String soundHash(Path file) {
        return file.toString().endsWith(".ts")
                ? Programs.ffmpegOutput(
                        "-i", file, "-map", "0:a", "-c", "copy", "-bsf:a", "aac_adtstoasc", "-f", "streamhash")
                : Programs.ffmpegOutput("-i", file, "-map", "0:a", "-c", "copy", "-f", "streamhash");
    }

    private static String events(Path file, int index) {
        return Programs.ffmpegOutput("-i", file, "-map", "0:s:" + index, "-f", "srt")
                .replaceAll("</?font[^>]*>", "");
    }

    private static List<String> chapters(Path file) {
        return Programs.ffprobe(
                file, "-show_chapters", "-show_entries", "chapter=start_time,end_time:chapter_tags=title");
    }

    /** Seconds from the first picture to the first sound. */
    private static double offset(Path file) {
        return first(file, "a:0") - first(file, "v:0");
    }

    private static double first(Path file, String stream) {
        return Double.parseDouble(
                Programs.ffprobe(file, "-select_streams", stream, "-show_entries", "stream=start_time")
                        .get(0));
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
                - first(file, "v:0");
    }
}
