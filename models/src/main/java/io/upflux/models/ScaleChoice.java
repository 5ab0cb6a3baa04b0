package io.upflux.models;

import io.upflux.pipeline.StreamException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How much larger pictures shall become.
 *
 * @param scale factor asked for, null for the model's own
 * @param height output height asked for in pixels, null for the upscaled one; at most one of the two is given
 */
public record ScaleChoice(@Nullable Integer scale, @Nullable Integer height) implements Serializable {
    /**
     * The model for pictures that are shown with this height, of the {@link #candidates}.
     *
     * @throws StreamException when there is none
     */
    public ModelCard model(Catalogue catalogue, @Nullable String name, int sourceHeight) {
        return model(candidates(catalogue, name), sourceHeight);
    }

    /**
     * All models that pictures of some height would go through.
     *
     * @return one at least
     * @throws StreamException when there is none
     */
    public List<ModelCard> candidates(Catalogue catalogue, @Nullable String name) {
        if (height == null || (name != null && Catalogue.isPath(name))) {
            return List.of(catalogue.find(name, scale));
        }
        List<ModelCard> candidates = new ArrayList<>();
        for (int factor : scales(catalogue, name)) {
            try {
                candidates.add(catalogue.find(name, factor));
            } catch (StreamException notInThisScale) {
                // Another one, then.
            }
        }
        return candidates.isEmpty() ? List.of(catalogue.find(name, null)) : candidates;
    }

    /**
     * Of the candidates the one for pictures that are shown with this height. For an output height that is the one of the
     * smallest scale that reaches it, or the largest there is; a network that reaches it goes before a resizer.
     */
    public ModelCard model(List<ModelCard> candidates, int sourceHeight) {
        if (height == null) {
            return candidates.get(0);
        }
        Predicate<ModelCard> reaches = card -> (long) card.scale() * sourceHeight >= height;
        Comparator<ModelCard> best = Comparator.comparing(
                        (ModelCard card) -> !(reaches.test(card) && card.bundled() && card.trained()))
                .thenComparing(card -> !reaches.test(card))
                .thenComparing(card -> reaches.test(card) ? card.scale() : -card.scale());
        return Collections.min(candidates, best);
    }

    private static List<Integer> scales(Catalogue catalogue, @Nullable String name) {
        return catalogue.list().stream()
                .filter(card -> name != null || card.bundled())
                .map(ModelCard::scale)
                .filter(factor -> factor > 1)
                .distinct()
                .toList();
    }
}
