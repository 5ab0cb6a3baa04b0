package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed, palette and semi-planar pictures lose nothing: compared with bytes laid out here, not with a converter. */
class PixelFidelityTest {
    private static final int WIDTH = 22;
    private static final int HEIGHT = 6;

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    /** Position of each sample of the packed pixel, in samples, in the order R, G, B, A or Y, A. */
    @ParameterizedTest
    @CsvSource({
        "rgb24, 1, 3, 0 1 2, rgb8",
        "bgr24, 1, 3, 2 1 0, rgb8",
        "rgba, 1, 4, 0 1 2 3, rgb8+alpha",
        "bgra, 1, 4, 2 1 0 3, rgb8+alpha",
        "argb, 1, 4, 1 2 3 0, rgb8+alpha",
        "abgr, 1, 4, 3 2 1 0, rgb8+alpha",
        "bgr0, 1, 4, 2 1 0, rgb8",
        "0rgb, 1, 4, 1 2 3, rgb8",
        "rgb48le, 2, 3, 0 1 2, rgb16",
        "bgr48le, 2, 3, 2 1 0, rgb16",
        "rgba64le, 2, 4, 0 1 2 3, rgb16+alpha",
        "bgra64le, 2, 4, 2 1 0 3, rgb16+alpha",
        "ya8, 1, 2, 0 0 0 1, rgb8+alpha",
        "ya16le, 2, 2, 0 0 0 1, rgb16+alpha",
    })
    void packedSamplesKeepTheirValues(String format, int bytes, int samples, String order, String layout)
            throws IOException {
        byte[] raw = noise(WIDTH * HEIGHT * samples * bytes);
        Picture picture = readRaw(format, raw);
        assertThat(picture.format().layout()).hasToString(layout);
        assertThat(picture.format().colour().matrix()).isEqualTo(ColourSpec.MATRIX_RGB);
        assertThat(picture.format().colour().range()).isEqualTo(Range.FULL);
        String[] positions = order.split(" ", -1);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                for (int plane = 0; plane < positions.length; plane++) {
                    int index = (y * WIDTH + x) * samples + Integer.parseInt(positions[plane]);
                    assertThat(picture.sample(plane, x, y))
                            .as("plane %d at %d,%d", plane, x, y)
                            .isEqualTo(sample(raw, index, bytes));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"nv12, 1, 0", "nv21, 1, 0", "p010le, 2, 6", "p016le, 2, 0"})
    void interleavedChromaIsTakenApart(String format, int bytes, int shift) throws IOException {
        byte[] raw = noise(WIDTH * HEIGHT * 3 / 2 * bytes);
        if (shift > 0) {
            ByteBuffer words = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < raw.length; i += 2) {
                words.putShort(i, (short) (words.getShort(i) & -(1 << shift)));
            }
        }
        Picture picture = readRaw(format, raw);
        assertThat(picture.format().layout().depth()).isEqualTo(8 * bytes - shift);
        int chroma = WIDTH * HEIGHT;
        int first = format.equals("nv21") ? 2 : 1;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                assertThat(picture.sample(0, x, y)).isEqualTo(sample(raw, y * WIDTH + x, bytes) >> shift);
            }
        }
        for (int y = 0; y < HEIGHT / 2; y++) {
            for (int x = 0; x < WIDTH / 2; x++) {
                int index = chroma + y * WIDTH + 2 * x;
                assertThat(picture.sample(first, x, y)).isEqualTo(sample(raw, index, bytes) >> shift);
                assertThat(picture.sample(3 - first, x, y)).isEqualTo(sample(raw, index + 1, bytes) >> shift);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yuyv422", "uyvy422"})
    void packedYuvIsTakenApart(String format) throws IOException {
        byte[] raw = noise(WIDTH * HEIGHT * 2);
        Picture picture = readRaw(format, raw);
        int luma = format.equals("yuyv422") ? 0 : 1;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int pair = (y * WIDTH + x / 2 * 2) * 2;
                assertThat(picture.sample(0, x, y)).isEqualTo(raw[(y * WIDTH + x) * 2 + luma] & 0xff);
                assertThat(picture.sample(1, x / 2, y)).isEqualTo(raw[pair + 1 - luma] & 0xff);
                assertThat(picture.sample(2, x / 2, y)).isEqualTo(raw[pair + 3 - luma] & 0xff);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gray10be, 10", "gray16be, 16", "yuv444p10be, 10", "gbrp12be, 12"})
    void bigEndianSamplesAreSwapped(String format, int depth) throws IOException {
        int planes = format.startsWith("gray") ? 1 : 3;
        byte[] raw = noise(WIDTH * HEIGHT * planes * 2);
        for (int i = 0; i < raw.length; i += 2) {
            raw[i] = (byte) (raw[i] & 0xff >> 16 - depth);
        }
        Picture picture = readRaw(format, raw);
        assertThat(picture.format().layout().depth()).isEqualTo(depth);
        int[] order = format.startsWith("gbrp") ? new int[] {1, 2, 0} : new int[] {0, 1, 2};
        for (int i = 0; i < WIDTH * HEIGHT * planes; i++) {
            int inPlane = i % (WIDTH * HEIGHT);
            assertThat(picture.sample(order[i / (WIDTH * HEIGHT)], inPlane % WIDTH, inPlane / WIDTH))
                    .isEqualTo((raw[2 * i] & 0xff) << 8 | raw[2 * i + 1] & 0xff);
        }
    }

    @Test
    void blackAndWhiteBitsBecomeGrey() throws IOException {
        byte[] raw = noise((WIDTH + 7) / 8 * HEIGHT);
        Picture picture = readRaw("monob", raw);
        assertThat(picture.format().layout()).hasToString("gray8");
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int bit = raw[y * ((WIDTH + 7) / 8) + x / 8] >> 7 - x % 8 & 1;
                assertThat(picture.sample(0, x, y)).isEqualTo(255 * bit);
            }
        }
    }

    @Test
    void aPaletteIsLookedUpWithItsTransparency() throws IOException {
        Path picture = folder.resolve("palette.png");
        Path packed = folder.resolve("palette.rgba");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=40x30:rate=1:duration=1,format=rgba,"
                        + "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(gt(X,20),255,0)'",
                "-filter_complex",
                "split[a][b];[a]palettegen=max_colors=16[p];[b][p]paletteuse",
                "-pix_fmt",
                "pal8",
                picture.toString());
        ffmpeg("-i", picture.toString(), "-f", "rawvideo", "-pix_fmt", "rgba", packed.toString());
        byte[] expected = Files.readAllBytes(packed);
        Picture read = Pictures.read(picture, InputOptions.defaults(), notices).get(0);
        assertThat(read.format().layout()).hasToString("rgb8+alpha");
        for (int i = 0; i < 40 * 30; i++) {
            for (int plane = 0; plane < 4; plane++) {
                assertThat(read.sample(plane, i % 40, i / 40)).isEqualTo(expected[4 * i + plane] & 0xff);
            }
        }
        assertThat(read.sample(3, 5, 5)).isZero();
        assertThat(read.sample(3, 35, 5)).isEqualTo(255);
    }

    @Test
    void picturesStoredBottomUpAreTurnedOver() throws IOException {
        byte[] raw = noise(WIDTH * HEIGHT * 3);
        Path file = Files.write(folder.resolve("picture.raw"), raw);
        Path bitmap = folder.resolve("picture.bmp");
        ffmpeg(
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-s",
                WIDTH + "x" + HEIGHT,
                "-i",
                file.toString(),
                bitmap.toString());
        Path film = folder.resolve("picture.avi");
        ffmpeg(
                "-f",
                "rawvideo",
                "-pix_fmt",
                "bgr24",
                "-s",
                WIDTH + "x" + HEIGHT,
                "-i",
                file.toString(),
                "-c:v",
                "rawvideo",
                film.toString());
        for (Path stored : new Path[] {bitmap, film}) {
            Picture picture =
                    Pictures.read(stored, InputOptions.defaults(), notices).get(0);
            for (int y = 0; y < HEIGHT; y++) {
                assertThat(picture.sample(2, 3, y)).isEqualTo(raw[(y * WIDTH + 3) * 3] & 0xff);
            }
        }
    }

    private Picture readRaw(String format, byte[] raw) throws IOException {
        Path file = Files.write(folder.resolve("raw.yuv"), raw);
        Map<String, String> options = Map.of("pixel_format", format, "video_size", WIDTH + "x" + HEIGHT);
        return Pictures.read(file, InputOptions.defaults().withDemuxerOptions(options), notices)
                .get(0);
    }

    private static int sample(byte[] raw, int index, int bytes) {
        return bytes == 1 ? raw[index] & 0xff : raw[2 * index] & 0xff | (raw[2 * index + 1] & 0xff) << 8;
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new java.util.Random(size).nextBytes(bytes);
        return bytes;
    }
}
