package io.upflux.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A model for some sources.
 *
 * @param model as {@link StreamConfig#model}
 * @param scale as {@link StreamConfig#scale}
 */
public record ModelRule(@Nullable String model, @Nullable Integer scale, When when) {}
