package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;

/** Whether a device makes the picture that the CPU makes, which no error code tells: kernels have been wrong before. */
final class ProviderCheck {
    /** Of the largest value: several times what float16 costs the bundled networks, and far less than what a wrong kernel does. */
    private static final float TOLERANCE = 0.02f;

    private ProviderCheck() {}

    /**
     * Runs both over the same picture.
     *
     * @param made of the device
     * @param cpu of the same graph on the CPU
     * @throws StreamException when they differ by more than rounding
     */
    static void check(ProbeSession made, ProbeSession cpu, Picture picture) throws OrtException {
        float[] expected = cpu.run(picture).samples();
        float[] samples = made.run(picture).samples();
        float largest = 0;
        for (float sample : expected) {
            largest = Math.max(largest, Math.abs(sample));
        }
        float worst = samples.length == expected.length ? 0 : Float.POSITIVE_INFINITY;
        for (int i = 0; i < samples.length && worst <= TOLERANCE * largest; i++) {
            float off = Math.abs(samples[i] - expected[i]);
            // A NaN is off by more than anything.
            worst = off <= worst ? worst : Float.isNaN(off) ? Float.POSITIVE_INFINITY : off;
        }
        if (worst > TOLERANCE * largest) {
            throw new StreamException("it makes another picture than the CPU does");
        }
    }
}
