package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Still pictures beyond the limit, also where FFmpeg finds them too large to say how large they are. */
class LargePicturesTest {
    private static final int HUGE = 20_000;

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "webp", "tiff", "bmp", "gif", "ppm"})
    void thoseBeyondTheLimitAreRefusedInALine(String format) {
        refused(
                small(format),
                new InputLimits(3000, 2, 50, null),
                "has pictures of 64x48, of which at most 3000 pixels are taken (--max-pixels, limits.pixels)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "tiff"})
    void thoseBeyondWhatFfmpegDecodesAreToo(String format) throws IOException {
        Path file = small(format);
        Files.write(file, huge(format, Files.readAllBytes(file)));
        refused(
                file,
                InputLimits.USUAL,
                "has pictures of 20000x20000, of which at most 134217728 pixels are taken (--max-pixels, limits.pixels)");
        refused(file, InputLimits.USUAL.withPixels(1L << 30), "has pictures of 20000x20000, more than FFmpeg decodes");
    }

    private void refused(Path file, InputLimits limits, String why) {
        assertThatThrownBy(() -> MediaSource.open(
                        file.toString(), InputOptions.defaults().withLimits(limits), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(file + ": " + why);
    }

    private Path small(String format) {
        Path file = folder.resolve("picture." + format);
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=1:duration=1", "-frames:v", "1", file.toString());
        return file;
    }

    /** A picture that says that it is larger. */
    private static byte[] huge(String format, byte[] picture) {
        ByteBuffer bytes = ByteBuffer.wrap(picture);
        switch (format) {
            case "png" -> {
                bytes.putInt(16, HUGE).putInt(20, HUGE);
                CRC32 check = new CRC32();
                check.update(picture, 12, 17);
                bytes.putInt(29, (int) check.getValue());
            }
            case "jpg" -> {
                int frame = 0;
                while (bytes.getShort(frame) != (short) 0xffc0) {
                    frame++;
                }
                bytes.putShort(frame + 5, (short) HUGE).putShort(frame + 7, (short) HUGE);
            }
            default -> {
                bytes.order(ByteOrder.LITTLE_ENDIAN);
                int directory = bytes.getInt(4);
                for (int entry = directory + 2; entry < directory + 2 + 12 * bytes.getShort(directory); entry += 12) {
                    int tag = bytes.getShort(entry);
                    if (tag == 256 || tag == 257) {
                        bytes.putShort(entry + 2, (short) 4).putInt(entry + 8, HUGE);
                    }
                }
            }
        }
        return picture;
    }
}
