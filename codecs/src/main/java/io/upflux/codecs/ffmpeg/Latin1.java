package io.upflux.codecs.ffmpeg;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes as the characters of ISO 8859-1, not copied: what a list is searched for is ASCII, and lists may be larger than the heap. */
record Latin1(ByteBuffer bytes) implements CharSequence {
    @Override
    public int length() {
        return bytes.limit();
    }

    @Override
    public char charAt(int index) {
        return (char) (bytes.get(index) & 0xFF);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new Latin1(bytes.slice(start, end - start));
    }

    @Override
    public String toString() {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }

    /** The bytes behind the first ones. */
    InputStream from(int first) {
        ByteBuffer rest = bytes.duplicate().position(first);
        return new InputStream() {
            @Override
            public int read() {
                return rest.hasRemaining() ? rest.get() & 0xFF : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (!rest.hasRemaining()) {
                    return length == 0 ? 0 : -1;
                }
                int count = Math.min(length, rest.remaining());
                rest.get(into, offset, count);
                return count;
            }
        };
    }
}
