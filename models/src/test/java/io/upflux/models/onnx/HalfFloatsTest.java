package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
    @Test
    void widensEveryHalf() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float wide = HalfFloats.toFloat((short) bits);
            double expected = byDefinition(bits);
            if (Double.isNaN(expected)) {
                assertThat(wide).isNaN();
            } else {
                assertThat((double) wide).as("%04x", bits).isEqualTo(expected);
            }
        }
    }

    @Test
    void bringsEveryHalfBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short back = HalfFloats.fromFloat(HalfFloats.toFloat((short) bits));
            boolean nan = (bits & 0x7fff) > 0x7c00;
            assertThat(back & 0xffff).as("%04x", bits).isEqualTo(nan ? bits | 0x200 : bits);
        }
    }

    @Test
    void roundsToTheNearestHalfAndTiesToEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float below = HalfFloats.toFloat((short) bits);
            float above = HalfFloats.toFloat((short) (bits + 1));
            // Exact: both have 11 significant bits at most.
            float middle = (below + above) / 2;
            int even = (bits & 1) == 0 ? bits : bits + 1;
            assertThat(HalfFloats.fromFloat(middle) & 0xffff).as("%04x", bits).isEqualTo(even);
            assertThat(HalfFloats.fromFloat(Math.nextDown(middle)) & 0xffff).isEqualTo(bits);
            assertThat(HalfFloats.fromFloat(Math.nextUp(middle)) & 0xffff).isEqualTo(bits + 1);
            assertThat(HalfFloats.fromFloat(-middle) & 0xffff).isEqualTo(even | 0x8000);
        }
    }

    @Test
    void overflowsToInfinityFromTheMiddleOn() {
        assertThat(HalfFloats.fromFloat(Math.nextDown(65520f)) & 0xffff).isEqualTo(0x7bff);
        assertThat(HalfFloats.fromFloat(65520f) & 0xffff).isEqualTo(0x7c00);
        assertThat(HalfFloats.fromFloat(-Float.MAX_VALUE) & 0xffff).isEqualTo(0xfc00);
        assertThat(HalfFloats.fromFloat(Float.MIN_VALUE) & 0xffff).isZero();
        assertThat(HalfFloats.fromFloat(Float.NaN) & 0x7fff).isGreaterThan(0x7c00);
    }

    @Test
    void convertsBuffersLongerThanItsScratch() {
        int count = 10_000;
        FloatBuffer from = FloatBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
            from.put(i, i / 16f);
        }
        ShortBuffer narrow = ShortBuffer.allocate(count);
        FloatBuffer back = FloatBuffer.allocate(count);
        HalfFloats.narrow(from, narrow, count, 2);
        HalfFloats.widen(narrow, back, count, 0.5f);
        for (int i = 0; i < count; i++) {
            assertThat(narrow.get(i)).isEqualTo(HalfFloats.fromFloat(i / 8f));
            assertThat(back.get(i)).isEqualTo(HalfFloats.toFloat(HalfFloats.fromFloat(i / 8f)) / 2);
        }
    }

    private static double byDefinition(int bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        if (exponent == 0x1f) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return exponent == 0
                ? sign * fraction * Math.pow(2, -24)
                : sign * (1024 + fraction) * Math.pow(2, exponent - 25);
    }
}
