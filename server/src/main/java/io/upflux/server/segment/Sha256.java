package io.upflux.server.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums of files and of parts of them, in lower-case hexadecimal. */
final class Sha256 {
    private static final int BUFFER = 1 << 20;

    private Sha256() {}

    static String of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = digest();
            add(digest, channel, 0, channel.size());
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /** Of the first and last {@code bytes}. */
    static String ofEnds(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = digest();
            long size = channel.size();
            add(digest, channel, 0, Math.min(bytes, size));
            add(digest, channel, Math.max(0, size - bytes), size);
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static void add(MessageDigest digest, FileChannel channel, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (long at = from; at < to; ) {
            buffer.clear().limit((int) Math.min(BUFFER, to - at));
            int read = channel.read(buffer, at);
            if (read < 0) {
                return;
            }
            digest.update(buffer.flip());
            at += read;
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
