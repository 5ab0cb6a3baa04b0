package io.upflux.server.bench;

import io.upflux.pipeline.FrameSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A clip to measure reuse with.
 *
 * @param name for tables
 * @param source opens what is upscaled, each time anew
 * @param truth opens what it was shrunk from, or null where nobody knows: then reuse is measured against none
 */
public record ReuseClip(
        String name, Supplier<FrameSource> source, @Nullable Supplier<FrameSource> truth) {}
