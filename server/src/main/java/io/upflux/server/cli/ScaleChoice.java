package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much larger pictures shall become.
 *
 * @param scale factor asked for, null for the model's own
 * @param height output height asked for in pixels, null for the upscaled one; at most one of the two is given
 */
record ScaleChoice(@Nullable Integer scale, @Nullable Integer height) {
    /**
     * The model for pictures of this height. For an output height that is the one of the smallest scale that reaches
     * it, or the largest there is.
     *
     * @throws StreamException when there is none
     */
    ModelCard model(Catalogue catalogue, @Nullable String name, int sourceHeight) {
        if (height == null) {
            return catalogue.find(name, scale);
        }
        List<Integer> scales = catalogue.list().stream()
                .map(ModelCard::scale)
                .filter(factor -> factor > 1)
                .distinct()
                .sorted(nearest(height, sourceHeight))
                .toList();
        for (int factor : scales) {
            try {
                return catalogue.find(name, factor);
            } catch (StreamException notInThisScale) {
                // The next nearest, then.
            }
        }
        return catalogue.find(name, null);
    }

    /** Those that reach the height first, smallest first; then the others, largest first. */
    private static Comparator<Integer> nearest(int height, int sourceHeight) {
        return Comparator.comparing((Integer factor) -> (long) factor * sourceHeight < height)
                .thenComparing(factor -> (long) factor * sourceHeight < height ? -factor : factor);
    }
}
