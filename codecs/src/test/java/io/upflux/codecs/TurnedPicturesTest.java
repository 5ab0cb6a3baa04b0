package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pictures turned as their file says: all else about them stays. */
class TurnedPicturesTest extends SourceFrames {
    @Test
    void rotationIsAppliedWhenAsked() {
        Path plain = clip(folder.resolve("plain.mp4"), "testsrc2=size=48x32:rate=25:duration=1", "-c:v", "mpeg4");
        Path turned = folder.resolve("turned.mp4");
        ffmpeg("-display_rotation", "90", "-i", plain.toString(), "-c", "copy", turned.toString());
        List<VideoFrame> carried = read(turned, DEFAULTS);
        List<VideoFrame> applied = read(turned, DEFAULTS.withRotatePixels(true));
        assertThat(carried.get(0).format().width()).isEqualTo(48);
        assertThat(applied.get(0).format().width()).isEqualTo(32);
        Plane before = carried.get(0).plane(0);
        Plane after = applied.get(0).plane(0);
        // Counter-clockwise by 90 degrees: what was at the right edge is on top.
        for (int i = 0; i < 32; i++) {
            assertThat(after.data().get(i)).isEqualTo(before.data().get(i * before.stride() + 47));
        }
        assertThat(MediaInfo.probe(turned.toString(), DEFAULTS).streams().get(0).video())
                .extracting(MediaInfo.Video::rotation)
                .isEqualTo(90);
        carried.forEach(VideoFrame::close);
        applied.forEach(VideoFrame::close);
    }

    @Test
    void aPhotographIsTurnedAsItsExifSays() throws IOException {
        Path plain = clip(folder.resolve("plain.jpg"), "testsrc2=size=48x32:rate=1:duration=1", "-q:v", "2");
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
        Picture lying = Pictures.read(photo, DEFAULTS, notices).get(0);
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
        Path plain = clip(
                folder.resolve("plain.mov"),
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
        Picture before = Pictures.read(plain, DEFAULTS, notices).get(0);
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
}
