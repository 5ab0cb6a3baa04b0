package io.upflux.reuse;

/**
 * Arithmetic on rows of samples that lie side by side in longs: eight of 8 bits or four of 16 (SIMD within a register; H.
 * Warren, Hacker's Delight, 2-18). Each loop writes one array only, since that is what the compiler turns into vector
 * instructions, which makes two short loops several times as fast as one.
 */
final class Lanes {
    private static final long HIGH_8 = 0x8080808080808080L;
    private static final long HIGH_16 = 0x8000800080008000L;
    private static final Lanes OF_8 = new Lanes(8, HIGH_8, 0x00ff00ff00ff00ffL, 0x0001000100010001L);
    private static final Lanes OF_16 = new Lanes(16, HIGH_16, 0x0000ffff0000ffffL, 0x0000000100000001L);

    private final int bits;
    private final long high;
    private final long even;
    private final long wideOnes;

    private Lanes(int bits, long high, long even, long wideOnes) {
        this.bits = bits;
        this.high = high;
        this.even = even;
        this.wideOnes = wideOnes;
    }

    static Lanes of(int bytesPerSample) {
        return bytesPerSample == 1 ? OF_8 : OF_16;
    }

    /** |x - y|, lane by lane, unsigned. */
    long difference(long x, long y) {
        return difference(x, y, high, bits - 1);
    }

    /** |x - y| of whole rows. Constants, not fields: only then is the loop sure to become vector instructions. */
    void differences(long[] x, long[] y, int from, int to, long[] differences) {
        if (bits == 8) {
            for (int i = from; i < to; i++) {
                differences[i] = difference(x[i], y[i], HIGH_8, 7);
            }
        } else {
            for (int i = from; i < to; i++) {
                differences[i] = difference(x[i], y[i], HIGH_16, 15);
            }
        }
    }

    private static long difference(long x, long y, long top, int sign) {
        long unlike = x ^ y;
        long d = ((x | top) - (y & ~top)) ^ (~unlike & top);
        long borrow = ((~x & y) | (~unlike & d)) & top;
        long one = borrow >>> sign;
        return (d ^ ((borrow << 1) - one)) + one;
    }

    /** Neighbouring lanes added, in lanes of twice the width. */
    long pairs(long lanes) {
        return (lanes & even) + (lanes >>> bits & even);
    }

    /** Adds {@link #pairs} of a whole row to sums. */
    void addPairs(long[] lanes, int from, int to, long[] sums) {
        for (int i = from; i < to; i++) {
            sums[i] += pairs(lanes[i]);
        }
    }

    /** Sets the top bit of a lane of twice the width where one of its two lanes is greater than {@code limit}. */
    void markBeyond(long[] lanes, int from, int to, int limit, long[] marks) {
        long mask = even;
        int shift = bits;
        long bias = ((1L << (2 * bits - 1)) - 1 - limit) * wideOnes;
        long top = wideOnes << (2 * bits - 1);
        for (int i = from; i < to; i++) {
            long lane = lanes[i];
            marks[i] |= (((lane & mask) + bias) | ((lane >>> shift & mask) + bias)) & top;
        }
    }

    /** Sum of all lanes of twice the width; it must fit one of them. */
    long sum(long wideLanes) {
        return wideLanes * wideOnes >>> (64 - 2 * bits);
    }
}
