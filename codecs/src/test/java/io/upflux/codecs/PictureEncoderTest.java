package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureEncoderTest {
    private static final ColourSpec CODES = new ColourSpec(
            ColourSpec.UNSPECIFIED,
            ColourSpec.UNSPECIFIED,
            ColourSpec.MATRIX_RGB,
            Range.FULL,
            ChromaSiting.UNSPECIFIED);

    /** Codes of pure red by either matrix and range; a wrong one would be off by 20 and more. */
    @ParameterizedTest
    @CsvSource({"6, LIMITED, 81, 90, 240", "1, LIMITED, 63, 102, 240", "1, FULL, 54, 99, 255"})
    void aJpegHasTheColoursOfTheFrame(int matrix, Range range, int y, int u, int v) throws IOException {
        ColourSpec colour =
                new ColourSpec(ColourSpec.UNSPECIFIED, ColourSpec.UNSPECIFIED, matrix, range, ChromaSiting.LEFT);
        FrameFormat format = format(64, 48, PixelLayout.YUV420P, colour);
        BufferedImage picture =
                ImageIO.read(new ByteArrayInputStream(bytes(encoded(format, PictureType.JPEG, 32, 24, y, u, v))));
        assertThat(picture.getWidth()).isEqualTo(32);
        assertThat(picture.getHeight()).isEqualTo(24);
        Color seen = new Color(picture.getRGB(16, 12));
        assertThat(seen.getRed()).isCloseTo(255, within(5));
        assertThat(seen.getGreen()).isCloseTo(0, within(5));
        assertThat(seen.getBlue()).isCloseTo(0, within(5));
    }

    @Test
    void aPngHasEveryCode() throws IOException {
        FrameFormat format = format(16, 16, PixelLayout.RGB24, CODES);
        try (NativeScope scope = new NativeScope();
                PictureEncoder encoder = PictureEncoder.open(format, PictureType.PNG, 16, 16);
                VideoFrame frame = scope.frame(format, 0, 0)) {
            for (int i = 0; i < 256; i++) {
                set(frame.plane(0), i % 16, i / 16, i);
                set(frame.plane(1), i % 16, i / 16, 255 - i);
                set(frame.plane(2), i % 16, i / 16, 7);
            }
            for (int round = 0; round < 2; round++) {
                BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes(encoder.encode(frame))));
                for (int i = 0; i < 256; i++) {
                    assertThat(new Color(picture.getRGB(i % 16, i / 16))).isEqualTo(new Color(i, 255 - i, 7));
                }
            }
        }
    }

    @Test
    void aWebpIsOne() {
        FrameFormat format = format(64, 48, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED);
        byte[] bytes = bytes(encoded(format, PictureType.WEBP, 64, 48, 81, 90, 240));
        assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("RIFF");
        assertThat(new String(bytes, 8, 4, StandardCharsets.US_ASCII)).isEqualTo("WEBP");
    }

    private static ByteBuffer encoded(FrameFormat format, PictureType type, int width, int height, int... codes) {
        try (NativeScope scope = new NativeScope();
                PictureEncoder encoder = PictureEncoder.open(format, type, width, height);
                VideoFrame frame = scope.frame(format, 0, 0)) {
            for (int i = 0; i < codes.length; i++) {
                Plane plane = frame.plane(i);
                for (int at = 0; at < plane.width() * plane.height(); at++) {
                    set(plane, at % plane.width(), at / plane.width(), codes[i]);
                }
            }
            return encoder.encode(frame);
        }
    }

    private static void set(Plane plane, int x, int y, int code) {
        plane.data().put(y * plane.stride() + x, (byte) code);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static FrameFormat format(int width, int height, PixelLayout layout, ColourSpec colour) {
        return new FrameFormat(
                width, height, layout, colour, Rational.UNKNOWN, new Rational(1, 1000), Rational.UNKNOWN);
    }
}
