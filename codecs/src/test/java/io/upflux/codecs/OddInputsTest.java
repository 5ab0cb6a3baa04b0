package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that are legal but unusual in time, shape or name. */
class OddInputsTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void elementaryStreamsAreTimedByTheirFrameRate() {
        Path clip = make("clip.h264", "testsrc2=size=64x64:rate=25:duration=6", "-c:v", "libopenh264");
        List<Picture> pictures = read(clip);
        double base = pictures.get(0).format().timeBase().toDouble();
        assertThat(pictures).hasSize(150);
        for (int i = 0; i < 150; i++) {
            assertThat(pictures.get(i).pts() * base).isCloseTo(i / 25.0, within(1e-9));
            assertThat(pictures.get(i).duration() * base).isCloseTo(1 / 25.0, within(1e-9));
        }
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void theClockOfATransportStreamMayWrap() {
        // 33 bits at 90 kHz are 95443.7 seconds.
        Path clip = make(
                "wrap.ts",
                "testsrc2=size=64x64:rate=25:duration=4",
                "-c:v",
                "mpeg2video",
                "-output_ts_offset",
                "95441.0");
        List<Picture> pictures = read(clip);
        assertThat(pictures).hasSize(100);
        long[] steps = LongStream.range(1, 100)
                .map(i ->
                        pictures.get((int) i).pts() - pictures.get((int) i - 1).pts())
                .toArray();
        assertThat(steps).containsOnly(3600);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void aSlowSlideShowIsNotCutOff() {
        Path clip = make("slides.mkv", "testsrc2=size=64x64:rate=1/5:duration=15", "-c:v", "mpeg4");
        assertThat(read(clip)).hasSize(3);
        assertThat(notices.warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cr\u00e8me br\u00fbl\u00e9e \u5bff\u53f8.mkv",
                "12:30 at: noon.mkv",
                "50%d off.png",
                "-dash.mkv",
                "it's.mkv"
            })
    void anyFileNameWorks(String name) {
        Path clip = make("plain." + name.replaceAll(".*\\.", ""), "testsrc2=size=16x16:rate=25:duration=0.04");
        Path renamed = folder.resolve(name);
        assertThat(clip.toFile().renameTo(renamed.toFile())).isTrue();
        assertThat(read(renamed)).hasSize(1);
        assertThat(Pictures.read("file:" + renamed, DEFAULTS, notices)).hasSize(1);
    }

    @Test
    void numberedPicturesAreAVideo() throws IOException {
        Path shots = Files.createDirectory(folder.resolve("50% off"));
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=0.16",
                "-start_number",
                "99",
                folder.resolve("%d.png").toString());
        for (int i = 99; i < 103; i++) {
            Files.move(folder.resolve(i + ".png"), shots.resolve(String.format("at 7%%, %03d.png", i)));
        }
        Files.createFile(shots.resolve("at 7%, 0104.png"));
        Path pattern = shots.resolve("at 7%, %03d.png");

        List<Picture> pictures = read(pattern);
        assertThat(pictures).extracting(Picture::pts).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pictures.get(0).format().timeBase()).isEqualTo(new Rational(1, 25));
        assertThat(pictures.get(3).samples().get(0))
                .isNotEqualTo(pictures.get(2).samples().get(0));
        assertThat(Pictures.read(pattern, DEFAULTS.withStart(Duration.ofMillis(80)), notices))
                .hasSize(2);
        InputOptions slow = DEFAULTS.withDemuxerOptions(java.util.Map.of("framerate", "2"));
        assertThat(Pictures.read(pattern, slow, notices).get(0).format().timeBase())
                .isEqualTo(new Rational(1, 2));
        assertThat(notices.warnings).isEmpty();

        Files.delete(shots.resolve("at 7%, 101.png"));
        assertThatThrownBy(() -> read(pattern))
                .isInstanceOf(StreamException.class)
                .hasMessage(pattern + ": at 7%, 101.png is missing between at 7%, 099.png and at 7%, 102.png");
        Path none = shots.resolve("at 8%, %d.png");
        assertThatThrownBy(() -> read(none))
                .isInstanceOf(StreamException.class)
                .hasMessage(none + ": no such file, and none with a number in its place: at 8%, 0.png, at 8%, 1.png"
                        + " and so on");
    }

    @Test
    void anAnimatedWebpIsNamed() {
        Path clip = make("moving.webp", "testsrc2=size=64x48:rate=5:duration=1", "-c:v", "libwebp_anim");
        assertThatThrownBy(() -> read(clip))
                .isInstanceOf(StreamException.class)
                .hasMessage(clip + ": is an animated WebP, which FFmpeg cannot read");
    }

    @Test
    void aNameThatNoFileCanHaveIsOneClearLine() {
        assertThatThrownBy(() -> MediaSource.open("a\0b.mp4", DEFAULTS, notices))
                .isInstanceOf(StreamException.class);
    }

    @Test
    void whatIsBeyondTheLimitsIsRefusedInALine() {
        Path clip = folder.resolve("fast.mkv");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=50:duration=0.2",
                "-map",
                "0",
                "-map",
                "0",
                clip.toString());
        refused(
                clip,
                new InputLimits(3000, 2, 50, null),
                "has pictures of 64x48, of which at most 3000 pixels are taken (--max-pixels, limits.pixels)");
        refused(
                clip,
                new InputLimits(3072, 1, 50, null),
                "has 2 streams, of which at most 1 are taken (--max-streams, limits.streams)");
        refused(
                clip,
                new InputLimits(3072, 2, 25, null),
                "has 50 frames a second, of which at most 25 are taken (--max-frame-rate, limits.frameRate)");
        MediaSource.open(clip.toString(), DEFAULTS.withLimits(new InputLimits(3072, 2, 50, null)), notices)
                .close();
    }

    @Test
    void whatLastsTooLongIsRefusedOnceThatShows() {
        InputLimits brief = InputLimits.USUAL.withDuration(Duration.ofMillis(500));
        Path stated = make("stated.mkv", "testsrc2=size=64x48:rate=25:duration=1");
        String why = ": is longer than 0.5 s, which is all that is taken (--max-duration, limits.duration)";
        assertThatThrownBy(() -> MediaSource.open(stated.toString(), DEFAULTS.withLimits(brief), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(stated + why);
        MediaSource.open(
                        stated.toString(),
                        DEFAULTS.withLimits(InputLimits.USUAL.withDuration(Duration.ofSeconds(1))),
                        notices)
                .close();

        Path unstated = folder.resolve("unstated.mkv");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-live", "1", unstated.toString());
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(unstated.toString(), DEFAULTS.withLimits(brief), notices)) {
            AtomicInteger frames = new AtomicInteger();
            assertThatThrownBy(() -> source.frames(scope)
                            .doOnNext(frame -> {
                                frames.incrementAndGet();
                                frame.close();
                            })
                            .blockLast())
                    .isInstanceOf(StreamException.class)
                    .hasMessage(unstated + why);
            assertThat(frames).hasValueBetween(1, 13);
        }
    }

    private void refused(Path clip, InputLimits limits, String why) {
        assertThatThrownBy(() -> MediaSource.open(clip.toString(), DEFAULTS.withLimits(limits), notices))
                .isInstanceOf(StreamException.class)
                .hasMessageEndingWith("fast.mkv: " + why);
    }

    @Test
    void coverArtIsNoVideo() {
        Path cover = make("cover.png", "testsrc2=size=640x480:rate=1:duration=1");
        Path song = folder.resolve("song.mp3");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-i",
                cover.toString(),
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "copy",
                "-disposition:v",
                "attached_pic",
                "-id3v2_version",
                "3",
                song.toString());
        assertThatThrownBy(() -> MediaSource.open(song.toString(), DEFAULTS, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(song + ": has sound but no video");
        Path film = folder.resolve("film.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=25:duration=1",
                "-i",
                cover.toString(),
                "-map",
                "1",
                "-map",
                "0",
                "-c:v:0",
                "copy",
                "-disposition:v:0",
                "attached_pic",
                "-c:v:1",
                "mpeg4",
                film.toString());
        List<Picture> pictures = read(film);
        assertThat(pictures).hasSize(25);
        assertThat(pictures.get(0).format().width()).isEqualTo(64);
        try (MediaSource source = MediaSource.open(film.toString(), DEFAULTS, notices)) {
            assertThat(source.carriage().packets()).isEmpty();
        }
    }

    @Test
    void aPhotographIsTurnedAsItsExifSays() throws IOException {
        Path plain = make("plain.jpg", "testsrc2=size=48x32:rate=1:duration=1", "-q:v", "2");
        // EXIF with the single entry Orientation (0x0112) = 6: turn clockwise by 90 degrees (CIPA DC-008, 4.6.4).
        byte[] exif = {
            (byte) 0xff,
            (byte) 0xe1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0
        };
        byte[] jpeg = Files.readAllBytes(plain);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(jpeg, 0, 2);
        bytes.writeBytes(exif);
        bytes.write(jpeg, 2, jpeg.length - 2);
        Path photo = Files.write(folder.resolve("photo.jpg"), bytes.toByteArray());
        Picture lying = read(photo).get(0);
        Picture upright =
                Pictures.read(photo, DEFAULTS.withRotatePixels(true), notices).get(0);
        assertThat(upright.format().width()).isEqualTo(32);
        for (int i = 0; i < 32; i++) {
            assertThat(upright.sample(0, i, 0)).isEqualTo(lying.sample(0, 0, 31 - i));
        }
        try (MediaSource source = MediaSource.open(photo.toString(), DEFAULTS, notices)) {
            assertThat(source.carriage().rotation()).isEqualTo(270);
            assertThat(source.estimatedFrames()).isEqualTo(1);
        }
    }

    @Test
    void turningKeepsFullRangeAspectAndSkewedChroma() {
        Path plain = make(
                "plain.mov",
                "testsrc2=size=48x32:rate=25:duration=0.2",
                "-pix_fmt",
                "yuvj422p",
                "-c:v",
                "mjpeg",
                "-q:v",
                "2",
                "-vf",
                "setsar=4/3");
        Path turned = folder.resolve("turned.mov");
        ffmpeg("-display_rotation", "180", "-i", plain.toString(), "-c", "copy", turned.toString());
        Path quarter = folder.resolve("quarter.mov");
        ffmpeg("-display_rotation", "90", "-i", plain.toString(), "-c", "copy", quarter.toString());
        Picture before = read(plain).get(0);
        Picture half =
                Pictures.read(turned, DEFAULTS.withRotatePixels(true), notices).get(0);
        Picture side =
                Pictures.read(quarter, DEFAULTS.withRotatePixels(true), notices).get(0);
        assertThat(half.format().layout()).hasToString("yuv422p");
        assertThat(half.format().colour().range()).isEqualTo(Range.FULL);
        assertThat(half.format().sampleAspect()).isEqualTo(new Rational(4, 3));
        assertThat(side.format().layout()).hasToString("yuv444p");
        assertThat(side.format().colour().range()).isEqualTo(Range.FULL);
        assertThat(side.format().sampleAspect()).isEqualTo(new Rational(3, 4));
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 48; x++) {
                assertThat(half.sample(0, 47 - x, 31 - y)).isEqualTo(before.sample(0, x, y));
                assertThat(side.sample(0, y, 47 - x)).isEqualTo(before.sample(0, x, y));
            }
        }
    }

    @Test
    void filtersKeepWhereChromaLies() {
        Path woven = make(
                "woven.ts",
                "testsrc2=size=64x64:rate=25:duration=0.4",
                "-vf",
                "setfield=tff",
                "-flags",
                "+ilme+ildct",
                "-c:v",
                "mpeg2video");
        assertThat(read(woven).get(0).format().colour().siting()).isEqualTo(ChromaSiting.LEFT);
        Path plain = make("plain.mp4", "testsrc2=size=64x48:rate=25:duration=0.2", "-c:v", "mpeg4");
        Path turned = folder.resolve("turned.mp4");
        ffmpeg("-display_rotation", "-90", "-i", plain.toString(), "-c", "copy", turned.toString());
        Picture upright =
                Pictures.read(turned, DEFAULTS.withRotatePixels(true), notices).get(0);
        assertThat(upright.format().colour().siting()).isEqualTo(ChromaSiting.TOP);
    }

    @ParameterizedTest
    @CsvSource({"64x64, 1", "64x64, 2", "2x2, 3", "64x64, 25"})
    void deinterlacingKeepsCountTimesAndDurations(String size, int frames) {
        Path clip = make(
                "fields.mkv",
                "testsrc2=size=" + size + ":rate=25:duration=2",
                "-frames:v",
                String.valueOf(frames),
                "-vf",
                "setfield=tff",
                "-field_order",
                "tt",
                "-c:v",
                "ffv1");
        List<Picture> woven = Pictures.read(clip, DEFAULTS.withDeinterlace(false), notices);
        List<Picture> full = read(clip);
        assertThat(woven).hasSize(frames);
        assertThat(full.stream().map(Picture::pts))
                .isEqualTo(woven.stream().map(Picture::pts).toList());
        assertThat(full.stream().map(Picture::duration))
                .isEqualTo(woven.stream().map(Picture::duration).toList());
    }

    @Test
    void whatTheVideoCutsAtTheLeftIsCutExactly() {
        Path whole = make("whole.mp4", "testsrc2=size=64x64:rate=25:duration=0.2", "-c:v", "libopenh264");
        Path cut = folder.resolve("cut.mp4");
        ffmpeg(
                "-i",
                whole.toString(),
                "-c",
                "copy",
                "-bsf:v",
                "h264_metadata=crop_left=6:crop_top=2:crop_right=4",
                cut.toString());
        Picture all = read(whole).get(0);
        Picture part = read(cut).get(0);
        assertThat(part.format().width()).isEqualTo(54);
        assertThat(part.format().height()).isEqualTo(62);
        IntStream.range(0, 54).forEach(x -> assertThat(part.sample(0, x, 0)).isEqualTo(all.sample(0, x + 6, 2)));
        IntStream.range(0, 27).forEach(x -> assertThat(part.sample(1, x, 0)).isEqualTo(all.sample(1, x + 3, 1)));
    }

    @Test
    void whatTheContainerCutsIsCut() throws IOException {
        Path whole = make("whole.mkv", "testsrc2=size=64x64:rate=25:duration=0.2", "-c:v", "ffv1", "-vf", "setsar=2");
        byte[] bytes = Files.readAllBytes(whole);
        // DisplayWidth (54 B0) gives way to PixelCropLeft (54 CC) = 8: RFC 9559, 5.1.4.1.28.
        int at = indexOf(bytes, new byte[] {0x54, (byte) 0xb0, (byte) 0x81, 2});
        assertThat(at).isPositive();
        bytes[at + 1] = (byte) 0xcc;
        bytes[at + 3] = 8;
        Path cut = Files.write(folder.resolve("cut.mkv"), bytes);
        Picture all = read(whole).get(0);
        Picture part = read(cut).get(0);
        assertThat(part.format().width()).isEqualTo(56);
        IntStream.range(0, 56).forEach(x -> assertThat(part.sample(0, x, 5)).isEqualTo(all.sample(0, x + 8, 5)));
    }

    @Test
    void aChangeOfRangeInMidStreamIsUndone() throws IOException {
        Path limited = make(
                "limited.ts",
                "color=c=0x808080:size=64x48:rate=25:duration=0.4",
                "-vf",
                "scale=out_range=tv,format=yuv420p,setparams=range=tv",
                "-c:v",
                "libopenh264");
        Path full = make(
                "full.ts",
                "color=c=0x202020:size=64x48:rate=25:duration=0.4",
                "-vf",
                "scale=out_range=pc,format=yuv420p,setparams=range=pc",
                "-c:v",
                "libopenh264",
                "-bsf:v",
                "h264_metadata=video_full_range_flag=1",
                "-output_ts_offset",
                "0.4");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Files.readAllBytes(limited));
        both.writeBytes(Files.readAllBytes(full));
        List<Picture> pictures = read(Files.write(folder.resolve("both.ts"), both.toByteArray()));
        assertThat(pictures).hasSizeGreaterThan(15);
        Picture last = pictures.get(pictures.size() - 1);
        assertThat(last.format().colour().range()).isEqualTo(Range.LIMITED);
        // Grey 0x20 is 32 of 255, and so 16 + 32 * 219 / 255.
        assertThat(last.sample(0, 20, 20)).isBetween(42, 45);
        assertThat(notices.warnings).anyMatch(line -> line.contains("the picture changes from"));
    }

    private static int indexOf(byte[] bytes, byte[] pattern) {
        for (int i = 0; i + pattern.length <= bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i;
            }
        }
        return -1;
    }

    private List<Picture> read(Path file) {
        return Pictures.read(file, DEFAULTS, notices);
    }

    private Path make(String name, String source, String... arguments) {
        Path file = folder.resolve(name);
        java.util.ArrayList<String> command = new java.util.ArrayList<>(List.of("-f", "lavfi", "-i", source));
        command.addAll(List.of(arguments));
        command.add("file:" + file);
        ffmpeg(command.toArray(new String[0]));
        return file;
    }
}
