package io.upflux.models.onnx;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** IEEE 754 binary16 to and from binary32; JDK 17 has no such conversion. Rounds to nearest, ties to even. */
final class HalfFloats {
    private static final int CHUNK = 4096;

    private HalfFloats() {}

    static float toFloat(short half) {
        int magnitude = half & 0x7fff;
        int sign = (half & 0x8000) << 16;
        if (magnitude >= 0x7c00) {
            return Float.intBitsToFloat(sign | 0x7f800000 | ((magnitude & 0x3ff) << 13));
        }
        // Normal and subnormal alike: place the bits, then let a multiplication by 2^112 correct the exponent.
        float scaled = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
        return Float.intBitsToFloat(Float.floatToRawIntBits(scaled) | sign);
    }

    static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
        }
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // Subnormal: adding 0.5 makes the floating-point unit round at binary16's last place.
            float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | (Float.floatToRawIntBits(shifted) - 0x3f000000));
        }
        int odd = (magnitude >>> 13) & 1;
        return (short) (sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13));
    }

    /** {@code to[i] = from[i] * factor}, from the start of both, without allocating but for two small arrays. */
    static void narrow(FloatBuffer from, ShortBuffer to, int count, float factor) {
        float[] wide = new float[Math.min(CHUNK, count)];
        short[] narrow = new short[wide.length];
        for (int at = 0; at < count; at += CHUNK) {
            int n = Math.min(CHUNK, count - at);
            from.get(at, wide, 0, n);
            for (int i = 0; i < n; i++) {
                narrow[i] = fromFloat(wide[i] * factor);
            }
            to.put(at, narrow, 0, n);
        }
    }

    /** {@code to[i] = from[i] * factor}, from the start of both. */
    static void widen(ShortBuffer from, FloatBuffer to, int count, float factor) {
        float[] wide = new float[Math.min(CHUNK, count)];
        short[] narrow = new short[wide.length];
        for (int at = 0; at < count; at += CHUNK) {
            int n = Math.min(CHUNK, count - at);
            from.get(at, narrow, 0, n);
            for (int i = 0; i < n; i++) {
                wide[i] = toFloat(narrow[i]) * factor;
            }
            to.put(at, wide, 0, n);
        }
    }

    /** {@code to[i] = from[i] * factor} for float32, from the start of both. */
    static void scale(FloatBuffer from, FloatBuffer to, int count, float factor) {
        float[] samples = new float[Math.min(CHUNK, count)];
        for (int at = 0; at < count; at += CHUNK) {
            int n = Math.min(CHUNK, count - at);
            from.get(at, samples, 0, n);
            for (int i = 0; i < n; i++) {
                samples[i] *= factor;
            }
            to.put(at, samples, 0, n);
        }
    }
}
