package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files that become large when they are unpacked. */
class PackedInputsTest {
    private static final int BOMB = 200 << 20;

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    @TempDir
    private Path folder;

    private final Collected notices = new Collected();

    @Test
    void aPictureOfTooManyPixelsIsNotUnpacked() throws IOException {
        Path file = Files.write(folder.resolve("bomb.png"), png(30_000, 30_000, 1 << 20));
        assertThatThrownBy(() -> Pictures.read(file, InputOptions.defaults(), notices))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("bomb.png: ");
    }

    @Test
    void ofAPictureNoMoreIsUnpackedThanItsRows() throws IOException {
        Path file = Files.write(folder.resolve("long.png"), png(WIDTH, HEIGHT, BOMB));
        assertThat(Pictures.read(file, InputOptions.defaults(), notices))
                .singleElement()
                .satisfies(picture -> assertThat(picture.format().width()).isEqualTo(WIDTH));
    }

    /** Matroska packs packets by zlib (RFC 9559, section 5.1.4.1.31.6); a picture and zeros behind it are as good as the picture. */
    @Test
    void aPacketThatUnpacksIntoTooMuchIsLostAndOthersAreNot() throws IOException {
        Path jpeg = folder.resolve("picture.jpg");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=" + WIDTH + "x" + HEIGHT, "-frames:v", "1", jpeg.toString());
        byte[] picture = Files.readAllBytes(jpeg);
        byte[] little = zlib(Arrays.copyOf(picture, picture.length + 1000));
        byte[] bomb = zlib(Arrays.copyOf(picture, BOMB));

        Path good = Files.write(folder.resolve("good.mkv"), matroska(little, little, little));
        assertThat(Pictures.read(good, InputOptions.defaults(), notices)).hasSize(3);

        Path bad = Files.write(folder.resolve("bad.mkv"), matroska(little, bomb, little));
        assertThat(Pictures.read(bad, InputOptions.defaults(), notices)).hasSizeLessThan(3);
    }

    private static byte[] png(int width, int height, int bytes) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        byte[] head = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) 8)
                .put((byte) 2)
                .array();
        chunk(file, "IHDR", head);
        chunk(file, "IDAT", zlib(new byte[bytes]));
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        file.writeBytes(ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(name)
                .put(data)
                .putInt((int) crc.getValue())
                .array());
    }

    private static byte[] zlib(byte[] data) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            byte[] piece = new byte[1 << 16];
            while (!deflater.finished()) {
                packed.write(piece, 0, deflater.deflate(piece));
            }
            return packed.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /** Pictures of motion JPEG, packed. */
    private static byte[] matroska(byte[]... packets) {
        byte[] video = joined(element(0xB0, number(WIDTH)), element(0xBA, number(HEIGHT)));
        byte[] packing = element(0x6D80, element(0x6240, element(0x5034, element(0x4254, number(0)))));
        byte[] track = joined(
                element(0xD7, number(1)),
                element(0x73C5, number(1)),
                element(0x83, number(1)),
                element(0x86, "V_MJPEG".getBytes(StandardCharsets.US_ASCII)),
                element(0xE0, video),
                packing);
        byte[] cluster = element(0xE7, number(0));
        for (int i = 0; i < packets.length; i++) {
            byte[] head = {(byte) 0x81, 0, (byte) (40 * i), (byte) 0x80};
            cluster = joined(cluster, element(0xA3, joined(head, packets[i])));
        }
        return joined(
                element(0x1A45DFA3, element(0x4282, "matroska".getBytes(StandardCharsets.US_ASCII))),
                element(
                        0x18538067,
                        joined(
                                element(0x1549A966, element(0x2AD7B1, number(1_000_000))),
                                element(0x1654AE6B, element(0xAE, track)),
                                element(0x1F43B675, cluster))));
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /** With its size in eight bytes. */
    private static byte[] element(int id, byte[] data) {
        int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(id) + 7) / 8;
        ByteBuffer element = ByteBuffer.allocate(bytes + Long.BYTES + data.length);
        for (int i = bytes - 1; i >= 0; i--) {
            element.put((byte) (id >> (8 * i)));
        }
        return element.putLong(1L << 56 | data.length).put(data).array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
