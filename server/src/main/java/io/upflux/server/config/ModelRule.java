package io.upflux.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A model for some sources.
 *
 * @param model as {@link StreamConfig#model}
 * @param scale as {@link StreamConfig#scale}
 */
public record ModelRule(@Nullable String model, @Nullable Integer scale, When when) {
    static ModelRule read(Settings said) {
        String model = said.text("model");
        Integer scale = said.integer("scale", 1, 8);
        When when = When.read(said);
        said.end();
        if (when == null) {
            throw said.wrong("when", "is missing: minHeight, maxHeight, minRate or maxRate of the source");
        }
        return new ModelRule(model, scale, when);
    }
}
