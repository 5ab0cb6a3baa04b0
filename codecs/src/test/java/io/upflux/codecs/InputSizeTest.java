package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How large pictures are: tiny, cut by the video or its container, or of another size in mid-stream. */
class InputSizeTest extends SourceFrames {
    @Test
    void whatTheVideoCutsAtTheLeftIsCutExactly() {
        Path whole =
                clip(folder.resolve("whole.mp4"), "testsrc2=size=64x64:rate=25:duration=0.2", "-c:v", "libopenh264");
        Path cut = folder.resolve("cut.mp4");
        ffmpeg(
                "-i",
                whole.toString(),
                "-c",
                "copy",
                "-bsf:v",
                "h264_metadata=crop_left=6:crop_top=2:crop_right=4",
                cut.toString());
        Picture all = Pictures.read(whole, DEFAULTS, notices).get(0);
        Picture part = Pictures.read(cut, DEFAULTS, notices).get(0);
        assertThat(part.format().width()).isEqualTo(54);
        assertThat(part.format().height()).isEqualTo(62);
        IntStream.range(0, 54).forEach(x -> assertThat(part.sample(0, x, 0)).isEqualTo(all.sample(0, x + 6, 2)));
        IntStream.range(0, 27).forEach(x -> assertThat(part.sample(1, x, 0)).isEqualTo(all.sample(1, x + 3, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide.mkv", "wide.mp4"})
    void theContainersAspectCountsWhereTheVideoStatesAnother(String name) {
        Path video = clip(
                folder.resolve("video.mp4"),
                "testsrc2=size=64x64:rate=25:duration=0.2",
                "-vf",
                "setsar=2",
                "-c:v",
                "libopenh264");
        Path wide = folder.resolve(name);
        ffmpeg("-i", video.toString(), "-c", "copy", "-aspect", "16:9", wide.toString());
        for (Picture picture : Pictures.read(wide, DEFAULTS, notices)) {
            assertThat(picture.format().sampleAspect()).isEqualTo(new Rational(16, 9));
        }
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void whatTheContainerCutsIsCut() throws IOException {
        Path whole = clip(
                folder.resolve("whole.mkv"),
                "testsrc2=size=64x64:rate=25:duration=0.2",
                "-c:v",
                "ffv1",
                "-vf",
                "setsar=2");
        byte[] bytes = Files.readAllBytes(whole);
        // DisplayWidth (54 B0) gives way to PixelCropLeft (54 CC) = 8: RFC 9559, 5.1.4.1.28.
        int at = indexOf(bytes, new byte[] {0x54, (byte) 0xb0, (byte) 0x81, 2});
        assertThat(at).isPositive();
        bytes[at + 1] = (byte) 0xcc;
        bytes[at + 3] = 8;
        Path cut = Files.write(folder.resolve("cut.mkv"), bytes);
        Picture all = Pictures.read(whole, DEFAULTS, notices).get(0);
        Picture part = Pictures.read(cut, DEFAULTS, notices).get(0);
        assertThat(part.format().width()).isEqualTo(56);
        IntStream.range(0, 56).forEach(x -> assertThat(part.sample(0, x, 5)).isEqualTo(all.sample(0, x + 8, 5)));
    }

    private static int indexOf(byte[] bytes, byte[] pattern) {
        for (int i = 0; i + pattern.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void aChangeOfResolutionIsFittedAndSaid() throws IOException {
        Path one = folder.resolve("one.ts");
        Path two = folder.resolve("two.ts");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4", "-c:v", "mpeg2video", one.toString());
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x80:rate=25:duration=0.4",
                "-c:v",
                "mpeg2video",
                "-output_ts_offset",
                "0.4",
                two.toString());
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Files.readAllBytes(one));
        both.writeBytes(Files.readAllBytes(two));
        Path joined = folder.resolve("joined.ts");
        Files.write(joined, both.toByteArray());
        List<VideoFrame> frames = read(joined, DEFAULTS);
        // A decoder may lose the picture it holds at such a change: ffprobe says how many there are.
        String listed = FfmpegPrograms.ffprobe(
                "-v", "quiet", "-show_entries", "frame=pts", "-of", "csv=p=0", joined.toString());
        assertThat(frames)
                .hasSize((int) listed.lines().filter(line -> !line.isBlank()).count())
                .hasSizeGreaterThan(15)
                .allMatch(
                        frame -> frame.format().width() == 64 && frame.plane(0).height() == 48);
        assertThat(notices.warnings).anyMatch(line -> line.contains("changes from 64x48") && line.contains("96x80"));
        frames.forEach(VideoFrame::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "7x5", "2x3"})
    void tinyPicturesAreRead(String size) {
        Path picture = folder.resolve("tiny.png");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:duration=0.1",
                "-vf",
                "format=rgb24,crop=" + size.replace('x', ':') + ":0:0",
                "-frames:v",
                "1",
                picture.toString());
        List<VideoFrame> frames = read(picture, DEFAULTS);
        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).format().width() + "x" + frames.get(0).format().height())
                .isEqualTo(size);
        assertThat(frames.get(0).format().layout().family()).isEqualTo(Family.RGB);
        frames.forEach(VideoFrame::close);
    }
}
