package io.upflux.models;

import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds models by what people call them. */
final class ModelSearch {
    /** Networks taken when none is named, best first: those that two CPU cores can keep up with. */
    private static final List<String> DEFAULT_NETWORKS = List.of("plain-s");

    private static final int DEFAULT_SCALE = 2;

    private final Shelf bundled;
    private final Shelf imported;
    private final BiFunction<Shelf, String, ModelCard> card;
    private final Notices notices;

    /** @param card of a name that a shelf has */
    ModelSearch(Shelf bundled, Shelf imported, BiFunction<Shelf, String, ModelCard> card, Notices notices) {
        this.bundled = bundled;
        this.imported = imported;
        this.card = card;
        this.notices = notices;
    }

    /**
     * As {@link Catalogue#find}.
     *
     * @param name no path
     */
    ModelCard find(String name, @Nullable Integer scale) {
        ModelName complete = ModelName.parse(name);
        ModelCard exact = named(name);
        if (exact == null && complete != null) {
            exact = named(complete.toString());
        }
        if (exact != null) {
            return requireScale(exact, name, scale);
        }
        if (complete == null) {
            ModelCard card = inScale(name.toLowerCase(Locale.ROOT), scale);
            if (card != null) {
                return card;
            }
        } else if (scalesOf(complete.stem()) != null) {
            throw notInScale(complete.stem(), complete.scale());
        }
        throw unknown(name);
    }

    /** @param kinds of a network, best first */
    ModelCard standard(@Nullable Integer wanted, List<String> kinds) {
        int scale = wanted == null ? DEFAULT_SCALE : wanted;
        for (String network : DEFAULT_NETWORKS) {
            for (String kind : kinds) {
                String name = network + kind + "-x" + scale;
                if (bundled.names().contains(name)) {
                    return card.apply(bundled, name);
                }
            }
        }
        ModelCard lanczos = Resizers.find(new ModelName("lanczos", scale));
        if (lanczos == null) {
            throw new StreamException("no model enlarges by " + scale + "; scales 1 to 8 exist");
        }
        if (scale > 1) {
            notices.info("no trained network for scale " + scale + " is bundled: " + lanczos.name() + " is used");
        }
        return lanczos;
    }

    /** Of a complete name, null when there is none. */
    @Nullable
    ModelCard named(String name) {
        for (Shelf shelf : List.of(bundled, imported)) {
            if (shelf.names().contains(name)) {
                return card.apply(shelf, name);
            }
        }
        ModelName parsed = ModelName.parse(name);
        return parsed == null ? null : Resizers.find(parsed);
    }

    private @Nullable ModelCard inScale(String stem, @Nullable Integer scale) {
        String scales = scalesOf(stem);
        if (scales == null) {
            return null;
        }
        if (scale != null) {
            ModelCard card = named(stem + "-x" + scale);
            if (card == null) {
                throw notInScale(stem, scale);
            }
            return card;
        }
        ModelCard usual = named(stem + "-x" + DEFAULT_SCALE);
        if (usual != null) {
            return usual;
        }
        if (scales.matches("[0-9]+")) {
            return named(stem + "-x" + scales);
        }
        throw new StreamException("model " + stem + " exists for scales " + scales + "; say which");
    }

    /** For people; null when nothing has this stem. */
    private @Nullable String scalesOf(String stem) {
        String resizer = Resizers.scales(stem);
        if (resizer != null) {
            return resizer;
        }
        List<String> scales = new ArrayList<>();
        for (Shelf shelf : List.of(bundled, imported)) {
            for (String name : shelf.names()) {
                ModelName parsed = ModelName.parse(name);
                if (parsed != null && parsed.stem().equals(stem)) {
                    scales.add(Integer.toString(parsed.scale()));
                }
            }
        }
        return scales.isEmpty() ? null : String.join(", ", scales);
    }

    private StreamException notInScale(String stem, int scale) {
        return new StreamException(
                "model " + stem + " does not enlarge by " + scale + "; it exists for scale " + scalesOf(stem));
    }

    private StreamException unknown(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<String> names = new ArrayList<>(bundled.names());
        names.addAll(imported.names());
        Resizers.listed().forEach(card -> names.add(card.name()));
        String near = names.stream()
                .sorted(Comparator.comparingInt(other -> ModelName.unlikeness(wanted, other)))
                .limit(3)
                .collect(Collectors.joining(", "));
        return new StreamException("no model is named '" + name + "'; nearest: " + near
                + " (upflux models lists all; a file is named by its path, ending in .onnx)");
    }

    static ModelCard requireScale(ModelCard card, String name, @Nullable Integer scale) {
        if (scale != null && scale != card.scale()) {
            throw new StreamException("model " + name + " enlarges by " + card.scale() + ", not by " + scale);
        }
        return card;
    }
}
