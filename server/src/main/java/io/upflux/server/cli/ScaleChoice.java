package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
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
    ModelCard model(Catalogue catalogue, @Nullable String name, int sourceHeight, Notices notices) {
        if (height == null) {
            return catalogue.find(name, scale, notices);
        }
        List<Integer> scales = catalogue.list().stream()
                .map(ModelCard::scale)
                .filter(factor -> factor > 1)
                .distinct()
                .sorted()
                .toList();
        ModelCard largest = null;
        for (int factor : scales) {
            ModelCard card = findOrNull(catalogue, name, factor, notices);
            if (card != null) {
                largest = card;
                if ((long) factor * sourceHeight >= height) {
                    break;
                }
            }
        }
        return largest != null ? largest : catalogue.find(name, null, notices);
    }

    /** Not every model comes in every scale. */
    private static @Nullable ModelCard findOrNull(
            Catalogue catalogue, @Nullable String name, int factor, Notices notices) {
        try {
            return catalogue.find(name, factor, notices);
        } catch (StreamException noSuchScale) {
            return null;
        }
    }
}
