package io.upflux.reuse;

/**
 * Arithmetic on samples that lie side by side in a long: eight of 8 bits or four of 16 (SIMD within a register; H. Warren,
 * Hacker's Delight, 2-18).
 */
final class Lanes {
    static final Lanes OF_8 = new Lanes(8, 0x8080808080808080L, 0x00ff00ff00ff00ffL, 0x0001000100010001L);
    static final Lanes OF_16 = new Lanes(16, 0x8000800080008000L, 0x0000ffff0000ffffL, 0x0000000100000001L);

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
        long unlike = x ^ y;
        long d = ((x | high) - (y & ~high)) ^ (~unlike & high);
        long borrow = ((~x & y) | (~unlike & d)) & high;
        long one = borrow >>> (bits - 1);
        return (d ^ ((borrow << 1) - one)) + one;
    }

    /** Pairs of neighbouring lanes added into lanes of twice the width. */
    long pairs(long lanes) {
        return (lanes & even) + (lanes >>> bits & even);
    }

    /** What to give to {@link #beyond} so that it tells lanes greater than {@code limit}. */
    long limit(int limit) {
        return ((1L << (2 * bits - 1)) - 1 - limit) * wideOnes;
    }

    /** Not 0 in the bits of {@link #beyondMask} where a lane is greater than the limit. */
    long beyond(long lanes, long limit) {
        return ((lanes & even) + limit) | ((lanes >>> bits & even) + limit);
    }

    long beyondMask() {
        return wideOnes << (2 * bits - 1);
    }

    /** Sum of all lanes of twice the width; it must fit one of them. */
    long sum(long wideLanes) {
        return wideLanes * wideOnes >>> (64 - 2 * bits);
    }
}
