package io.upflux.colour;

/**
 * Arithmetic on rows of samples, one short loop each: the just-in-time compiler uses vector instructions where a loop
 * touches a few arrays, and none where a whole pixel is computed at once.
 */
final class RowMath {
    private RowMath() {}

    /** {@code to = from + weight * (next - from)}. */
    static void blend(float[] from, float[] next, float weight, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = from[i] + weight * (next[i] - from[i]);
        }
    }

    /** {@code to = base + weight * part}. */
    static void add(float[] base, float weight, float[] part, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = base[i] + weight * part[i];
        }
    }

    /** {@code to = gain * (from - base)}. */
    static void difference(float[] from, float[] base, float gain, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = (from[i] - base[i]) * gain;
        }
    }

    /** {@code to = weight * from}. */
    static void scale(float[] from, float weight, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = weight * from[i];
        }
    }

    /** {@code to += weight * from}. */
    static void accumulate(float[] from, float weight, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] += weight * from[i];
        }
    }

    /** {@code codes} from index {@code at} on, clipped to 0..max, {@code plus} something. */
    static void clip(float[] codes, int at, int n, float max, float plus) {
        for (int i = at; i < at + n; i++) {
            codes[i] = Math.min(Math.max(codes[i], 0), max) + plus;
        }
    }
}
