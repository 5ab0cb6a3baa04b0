package io.upflux.codecs.output;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Puts chunks into a PNG file that ffmpeg has no filter to make. */
final class Png {
    /** Signature and header chunk. */
    private static final int START = 8 + 25;

    private Png() {}

    static void insert(Path file, String type, byte[] content) throws IOException {
        byte[] old = Files.readAllBytes(file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(old, 0, START);
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) crc.getValue());
        out.write(old, START, old.length - START);
        Files.write(file, bytes.toByteArray());
    }

    /** An {@code iCCP} chunk's content. */
    static byte[] profile(byte[] icc) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("profile\0\0".getBytes(StandardCharsets.US_ASCII));
        try (DeflaterOutputStream packed = new DeflaterOutputStream(bytes)) {
            packed.write(icc);
        }
        return bytes.toByteArray();
    }

    /** An {@code mDCV} chunk's content: BT.2020 primaries, 0.0001 to 1000 candela per square metre. */
    static byte[] mastering() {
        ByteBuffer bytes = ByteBuffer.allocate(24);
        for (int value : new int[] {35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450}) {
            bytes.putShort((short) value);
        }
        return bytes.putInt(10_000_000).putInt(1).array();
    }

    /** A {@code cLLI} chunk's content, in candela per square metre. */
    static byte[] lightLevel(int brightest, int average) {
        return ByteBuffer.allocate(8)
                .putInt(brightest * 10_000)
                .putInt(average * 10_000)
                .array();
    }
}
