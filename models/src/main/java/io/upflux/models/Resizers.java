package io.upflux.models;

import io.upflux.models.onnx.Contract;
import io.upflux.models.onnx.Contract.Format;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Pass;
import io.upflux.models.resize.IdentityResolver;
import io.upflux.models.resize.Kernel;
import io.upflux.models.resize.SeparableResizer;
import io.upflux.pipeline.SuperResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models of the catalogue that have no file. */
final class Resizers {
    static final String IDENTITY = "identity";
    private static final int[] LISTED = {2, 3, 4};

    /** As {@code upflux eval} measures them. */
    private static final Map<String, Map<String, Double>> PSNR = Map.of(
            "bicubic-x2", Map.of("set5", 33.68, "set14", 30.33, "b100", 29.56),
            "lanczos-x2", Map.of("set5", 34.32, "set14", 30.79, "b100", 29.93),
            "bicubic-x3", Map.of("set5", 30.40, "set14", 27.63, "b100", 27.21),
            "lanczos-x3", Map.of("set5", 30.83, "set14", 27.93, "b100", 27.41),
            "bicubic-x4", Map.of("set5", 28.43, "set14", 26.09, "b100", 25.96),
            "lanczos-x4", Map.of("set5", 28.81, "set14", 26.32, "b100", 26.13));

    private Resizers() {}

    /** Cards of the usual scales; others exist without being listed. */
    static List<ModelCard> listed() {
        List<ModelCard> cards = new ArrayList<>();
        for (Kernel kernel : Kernel.values()) {
            for (int scale : LISTED) {
                cards.add(card(kernel.label(), scale, kernel.reach()));
            }
        }
        cards.add(card(IDENTITY, 1, 0));
        return cards;
    }

    /** Null when there is no such resizer in that scale. */
    static @Nullable ModelCard find(ModelName name) {
        Kernel kernel = kernel(name.stem());
        if (kernel != null && name.scale() <= SeparableResizer.LARGEST_SCALE) {
            return card(kernel.label(), name.scale(), kernel.reach());
        }
        return name.stem().equals(IDENTITY) && name.scale() == 1 ? card(IDENTITY, 1, 0) : null;
    }

    /** Scales in which {@code stem} exists, for people; null when it is no resizer. */
    static @Nullable String scales(String stem) {
        if (stem.equals(IDENTITY)) {
            return "1";
        }
        return kernel(stem) == null ? null : "1 to " + SeparableResizer.LARGEST_SCALE;
    }

    /** Null when the card is not a resizer's. */
    static @Nullable SuperResolver open(ModelCard card) {
        String network = card.contract().network();
        if (card.trained()) {
            return null;
        }
        Kernel kernel = kernel(network);
        return kernel == null ? new IdentityResolver() : SeparableResizer.of(kernel, card.scale());
    }

    private static @Nullable Kernel kernel(String stem) {
        for (Kernel kernel : Kernel.values()) {
            if (kernel.label().equals(stem)) {
                return kernel;
            }
        }
        return null;
    }

    private static ModelCard card(String stem, int scale, int halo) {
        Contract contract = new Contract(
                stem,
                scale,
                Pass.PLAIN,
                Format.RGB_F32,
                Range.UNIT,
                "rgb",
                1,
                0,
                null,
                0,
                halo,
                0,
                "",
                "Apache-2.0",
                "",
                PSNR.getOrDefault(stem + "-x" + scale, Map.of()),
                "final");
        return new ModelCard(stem + "-x" + scale, 0, 0, null, ModelCard.BUNDLED, List.of(Pass.PLAIN), contract);
    }
}
