package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much larger pictures shall become.
 *
 * @param scale factor asked for, null for the model's own
 * @param height output height asked for in pixels, null for the upscaled one; at most one of the two is given
 */
record ScaleChoice(@Nullable Integer scale, @Nullable Integer height) {
    /**
     * The model for pictures that are shown with this height. For an output height that is the one of the smallest
     * scale that reaches it, or the largest there is; where no model is named, a network goes before a resizer.
     *
     * @throws StreamException when there is none
     */
    ModelCard model(Catalogue catalogue, @Nullable String name, int sourceHeight) {
        if (height == null) {
            return catalogue.find(name, scale);
        }
        List<ModelCard> cards = catalogue.list();
        if (name == null) {
            for (int factor : scales(cards.stream().filter(ScaleChoice::isBundledNetwork), height, sourceHeight)) {
                if ((long) factor * sourceHeight >= height) {
                    return catalogue.find(null, factor);
                }
            }
        }
        for (int factor : scales(cards.stream(), height, sourceHeight)) {
            try {
                return catalogue.find(name, factor);
            } catch (StreamException notInThisScale) {
                // The next nearest, then.
            }
        }
        return catalogue.find(name, null);
    }

    private static boolean isBundledNetwork(ModelCard card) {
        return card.bundled() && card.trained();
    }

    /** Those that reach the height first, smallest first; then the others, largest first. */
    private static List<Integer> scales(Stream<ModelCard> cards, int height, int sourceHeight) {
        Comparator<Integer> nearest = Comparator.comparing((Integer factor) -> (long) factor * sourceHeight < height)
                .thenComparing(factor -> (long) factor * sourceHeight < height ? -factor : factor);
        return cards.map(ModelCard::scale)
                .filter(factor -> factor > 1)
                .distinct()
                .sorted(nearest)
                .toList();
    }
}
