package io.upflux.pipeline;

import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Input and output memory of one inference call, reused from call to call: samples, or code values where there are
 * {@link #planes}. Samples are floats, nominally 0 to 1, planar per tile (NCHW); values outside that range are legal
 * (super-whites, ringing).
 */
public interface TileBatch extends AutoCloseable {
    TileShape shape();

    /** LR pixels that the input reaches beyond the shape on each side; 0 unless the network takes them from there. */
    default int margin() {
        return 0;
    }

    /** What is filled and read in the place of samples, where code values were asked for; null elsewhere. */
    default @Nullable TilePlanes planes() {
        return null;
    }

    /**
     * Direct, {@code batch x channels x (height + 2 margin) x (width + 2 margin)}. Absolute access only: the position
     * stays 0. Capacity 0 where there are {@link #planes}.
     */
    FloatBuffer input();

    /**
     * Direct, {@code batch x channels x (height * scale) x (width * scale)}. Absolute access only. Capacity 0 where there
     * are {@link #planes}.
     */
    FloatBuffer output();

    /**
     * Halting depths: how many blocks computed each window, one byte each, {@code batch x (height / window) x
     * (width / window)}. Absolute access only. Capacity 0 where the resolver's traits count no blocks.
     */
    default ByteBuffer depths() {
        return ByteBuffer.allocate(0);
    }

    @Override
    void close();
}
