package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.upflux.models.tile.TileMemory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Samples of pictures as callers know them and as a network wants them: the same memory where both are floats of white
 * 1, otherwise two, with a conversion between.
 */
final class PictureSamples {
    private final FloatBuffer samples;
    private final ByteBuffer own;
    private final long[] sides;
    private final boolean half;
    private final float white;

    /**
     * @param memory that frees both
     * @param sides batch, channels, height, width
     * @param half whether the network's samples are float16
     * @param white of the network
     */
    PictureSamples(TileMemory memory, String label, long[] sides, boolean half, float white) {
        this.sides = sides.clone();
        this.half = half;
        this.white = white;
        ByteBuffer bytes = memory.allocate(label, Float.BYTES, sides);
        this.samples = bytes.asFloatBuffer();
        this.own = !half && white == 1 ? bytes : memory.allocate(label, half ? Short.BYTES : Float.BYTES, sides);
    }

    /** As callers know them. */
    FloatBuffer samples() {
        return samples;
    }

    /** The network's, of some consecutive pictures; to be closed by the caller. */
    OnnxTensor tensor(int first, int count) throws OrtException {
        long[] part = sides.clone();
        part[0] = count;
        int bytes = (int) (own.capacity() / sides[0]);
        ByteBuffer slice = own.slice(first * bytes, count * bytes).order(own.order());
        return OnnxTensor.createTensor(
                Ort.environment(), slice, part, half ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT);
    }

    /** From the caller's to the network's. */
    void feed() {
        if (half) {
            HalfFloats.narrow(samples, own.asShortBuffer(), samples.capacity(), white);
        } else if (white != 1) {
            HalfFloats.scale(samples, own.asFloatBuffer(), samples.capacity(), white);
        }
    }

    /** From the network's to the caller's. */
    void collect() {
        if (half) {
            HalfFloats.widen(own.asShortBuffer(), samples, samples.capacity(), 1 / white);
        } else if (white != 1) {
            HalfFloats.scale(own.asFloatBuffer(), samples, samples.capacity(), 1 / white);
        }
    }
}
