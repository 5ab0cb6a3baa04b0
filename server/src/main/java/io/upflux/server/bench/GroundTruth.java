package io.upflux.server.bench;

import io.upflux.pipeline.FrameSource;
import java.util.function.Supplier;

/**
 * A clip without loss, from which small ones are made whose upscaled pictures can be compared with it.
 *
 * @param name for tables
 * @param source opens it, each time anew
 */
public record GroundTruth(String name, Supplier<FrameSource> source) {
    /** As it is, in 8-bit 4:2:0, cut to an even multiple of the scale. */
    public FrameSource whole(int scale) {
        return new PreparedFrames(source.get(), 2 * scale, 1);
    }

    /** The same divided by the scale, as MATLAB does it. */
    public FrameSource shrunk(int scale) {
        return new PreparedFrames(source.get(), 2 * scale, scale);
    }
}
