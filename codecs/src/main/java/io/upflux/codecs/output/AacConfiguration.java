package io.upflux.codecs.output;

import java.nio.ByteBuffer;

/** What AAC's decoders are told before the first frame: the AudioSpecificConfig of ISO 14496-3, section 1.6.2.1. */
final class AacConfiguration {
    private static final int LOW_COMPLEXITY = 2;
    private static final int ESCAPED_OBJECT_TYPE = 31;
    private static final int ESCAPED_RATE = 15;

    /** What the configuration of an extension begins with, and the type of the one that doubles the rate (section 1.6.5.3). */
    private static final int EXTENSION = 0x2b7;

    private static final int BAND_REPLICATION = 5;

    /** Table 1.18. */
    private static final int[] RATES = {
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350
    };

    private final ByteBuffer bytes;

    AacConfiguration(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Whether there is one of two bytes for sound of low complexity. */
    static boolean isPlain(int sampleRate, int channels) {
        return rate(sampleRate) >= 0 && arrangement(channels) > 0;
    }

    /** Of low complexity, where {@link #isPlain}. */
    static ByteBuffer plain(int sampleRate, int channels) {
        int bits = LOW_COMPLEXITY << 11 | rate(sampleRate) << 7 | arrangement(channels) << 3;
        return ByteBuffer.allocate(2).putShort(0, (short) bits);
    }

    int objectType() {
        int type = bits(0, 5);
        return type == ESCAPED_OBJECT_TYPE ? 32 + bits(5, 6) : type;
    }

    /** Of sound of low complexity without extensions the type, rate and channels alone, however that is written; else all. */
    ByteBuffer normal() {
        boolean plain =
                bits(0, 5) == LOW_COMPLEXITY && bits(5, 4) != ESCAPED_RATE && bits(9, 4) != 0 && bits(13, 3) == 0;
        boolean extended = bits(16, 11) == EXTENSION && (bits(27, 5) != BAND_REPLICATION || bits(32, 1) != 0);
        return plain && !extended ? bytes.slice(0, 2) : bytes;
    }

    /** Zeros beyond the end. */
    private int bits(int at, int count) {
        int value = 0;
        for (int i = at; i < at + count; i++) {
            int octet = i / 8 < bytes.limit() ? bytes.get(i / 8) : 0;
            value = value << 1 | octet >> (7 - i % 8) & 1;
        }
        return value;
    }

    private static int rate(int sampleRate) {
        for (int i = 0; i < RATES.length; i++) {
            if (RATES[i] == sampleRate) {
                return i;
            }
        }
        return -1;
    }

    /** Table 1.19, where a count says which channels they are; else 0. */
    private static int arrangement(int channels) {
        return channels == 8 ? 7 : channels <= 6 ? channels : 0;
    }
}
