package io.upflux.models.resize;

/**
 * Weights of an enlargement by a whole number: output samples at the same place within an input sample share theirs.
 * Centre-aligned, as MATLAB does it: output {@code o} lies at {@code (o + 0.5) / scale - 0.5}.
 */
final class Phases {
    private final int[] first;
    private final float[][] weights;

    Phases(Kernel kernel, int scale) {
        first = new int[scale];
        weights = new float[scale][2 * kernel.reach()];
        for (int p = 0; p < scale; p++) {
            double position = (p + 0.5) / scale - 0.5;
            first[p] = (int) Math.floor(position) - kernel.reach() + 1;
            double[] raw = new double[2 * kernel.reach()];
            double sum = 0;
            for (int t = 0; t < raw.length; t++) {
                raw[t] = kernel.weight(position - (first[p] + t));
                sum += raw[t];
            }
            for (int t = 0; t < raw.length; t++) {
                weights[p][t] = (float) (raw[t] / sum);
            }
        }
    }

    int count() {
        return first.length;
    }

    /** Index of the first input sample with a weight, relative to the one the output lies in. */
    int first(int phase) {
        return first[phase];
    }

    float[] weights(int phase) {
        return weights[phase];
    }
}
