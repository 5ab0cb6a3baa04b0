package io.upflux.codecs.ffmpeg;

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
}
