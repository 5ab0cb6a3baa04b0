package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

/** How far results are from each other. */
public final class Agreement {
    private Agreement() {}

    static void close(float[] made, float[] expected, float tolerance) {
        assertThat(distance(made, expected)).isLessThanOrEqualTo(tolerance);
    }

    /** The largest difference; no number where any is none. */
    public static float distance(float[] made, float[] expected) {
        assertThat(made).hasSameSizeAs(expected);
        float worst = 0;
        for (int i = 0; i < made.length; i++) {
            worst = Math.max(worst, Math.abs(made[i] - expected[i]));
        }
        return worst;
    }

    /** Of networks that round: where a sum lies between two values, the order of adding decides which it becomes. */
    static void closeOnAverage(float[] made, float[] expected, float tolerance) {
        assertThat(made).hasSameSizeAs(expected);
        double sum = 0;
        for (int i = 0; i < made.length; i++) {
            sum += Math.abs(made[i] - expected[i]);
        }
        assertThat(sum / made.length).isLessThanOrEqualTo(tolerance);
    }

    static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
