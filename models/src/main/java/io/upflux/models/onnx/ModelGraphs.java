package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.pipeline.StreamException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The graphs of one model, each checked by itself and against the one that leads. */
final class ModelGraphs {
    private final PassGraph main;
    private final Map<Pass, PassGraph> all = new EnumMap<>(Pass.class);

    private ModelGraphs(PassGraph main) {
        this.main = main;
        all.put(main.pass(), main);
    }

    /** @throws StreamException in one line, when one is none that Upflux runs or they do not belong together */
    static ModelGraphs of(ModelFiles files) {
        PassGraph main = PassGraph.leading(files.main());
        ModelGraphs graphs = new ModelGraphs(main);
        files.byPass().forEach((pass, file) -> graphs.add(pass, PassGraph.companion(file, pass)));
        graphs.stages();
        return graphs;
    }

    PassGraph main() {
        return main;
    }

    /** Null when the model has none for this pass. */
    @Nullable
    PassGraph get(Pass pass) {
        return all.get(pass);
    }

    /** The graph for tiles of a larger picture. */
    PassGraph tiled() {
        PassGraph body = all.get(Pass.BODY);
        return body == null ? main : body;
    }

    /** @throws StreamException when there is none */
    PassGraph halting(String name) {
        PassGraph halting = all.get(Pass.HALTING);
        if (halting == null) {
            throw new StreamException(name + ": cannot halt windows early, since it has no halting graph");
        }
        return halting;
    }

    /** Whether windows are computed in two stages, with features between them. */
    boolean staged() {
        return all.containsKey(Pass.FEATURES);
    }

    private void add(Pass pass, PassGraph graph) {
        Declaration own = graph.declared();
        Declaration leading = main.declared();
        same(graph, "scale", own.scale(), leading.scale());
        same(graph, "weights", own.weights(), leading.weights());
        same(graph, "range", own.range(), leading.range());
        same(graph, "window", graph.window(), main.window());
        same(graph, "blocks", graph.blocks(), main.blocks());
        GraphCheck picture = graph.picture();
        if (picture.channels() != main.picture().channels()
                || picture.half() != main.picture().half()
                || !pass.makesFeatures()
                        && picture.halfOutput() != main.picture().halfOutput()) {
            throw new StreamException(graph.label() + ": takes or gives other samples than " + main.label()
                    + "; files of one model must come from one export");
        }
        Tensor context = graph.context();
        if (context != null) {
            context(graph, context);
        }
        if (pass == Pass.BODY && graph.declared().halo() == null) {
            throw new StreamException(
                    graph.label() + ": its metadata states no upflux.halo, without which no tiles can be cut");
        }
        all.put(pass, graph);
    }

    /** Either all graphs that make or take features are there, or none of them takes part. */
    private void stages() {
        PassGraph first = all.get(Pass.FEATURES);
        PassGraph last = all.get(Pass.WINDOWS);
        edges(Pass.EDGE_FEATURES, first, Pass.EDGE_WINDOWS);
        edges(Pass.EDGE_WINDOWS, last, Pass.EDGE_FEATURES);
        if (first == null) {
            if (last != null && last.staged()) {
                throw new StreamException(last.label() + ": takes '" + PassGraph.FEATURES
                        + "', which only a features graph makes of windows; it must lie beside it");
            }
            return;
        }
        if (last == null || !last.staged()) {
            throw new StreamException(first.label() + ": makes '" + PassGraph.FEATURES
                    + "', which no windows graph takes; it must lie beside it");
        }
        if (!all.containsKey(Pass.BODY)) {
            whole(first, "context", first.declared().context());
            whole(first, "blocks", first.takesLists() ? first.blocks() : null);
        }
        for (PassGraph graph : all.values()) {
            if (graph.features() == null) {
                throw new StreamException(graph.label() + ": makes no '" + PassGraph.FEATURES
                        + "' of whole pictures, which the windows graph takes; files of one model must come from one"
                        + " export");
            }
            if (graph.featureChannels() != first.featureChannels()) {
                throw new StreamException(graph.label() + ": makes or takes " + graph.featureChannels()
                        + " features a pixel, but " + first.label() + " makes " + first.featureChannels()
                        + "; files of one model must come from one export");
            }
            if (main.context() != null
                    && graph.context() == null
                    && !graph.pass().enlargesWindows()) {
                throw new StreamException(
                        graph.label() + ": gives or takes no context '"
                                + main.context().name()
                                + "', which squares of pictures are computed with; files of one model must come from one export");
            }
        }
    }

    /** Both stages have a graph for the picture's edge, which takes as much as that for its inside, or neither has. */
    private void edges(Pass pass, @Nullable PassGraph inside, Pass other) {
        PassGraph edge = all.get(pass);
        if (edge == null) {
            return;
        }
        if (inside == null || !inside.staged() || !all.containsKey(other)) {
            throw new StreamException(edge.label() + ": is for the edge of pictures in two stages, which need features,"
                    + " windows, edge-features and edge-windows graphs beside each other");
        }
        same(edge, "margin", edge.margin(), inside, inside.margin());
        same(edge, "reach", edge.reach(), inside, inside.reach());
        same(edge, "gather", edge.gather(), inside, inside.gather());
    }

    /** Of what the first stage is told, and whole pictures cannot be. */
    private static void whole(PassGraph first, String key, @Nullable Object said) {
        if (said != null) {
            throw new StreamException(first.label() + ": its metadata says upflux." + key + " = " + said
                    + ", which only a body graph takes for whole pictures; it must lie beside it");
        }
    }

    private void context(PassGraph graph, Tensor wanted) {
        if (main.context() == null) {
            throw new StreamException(graph.label() + ": wants a context '" + wanted.name() + "', which " + main.label()
                    + " does not give");
        }
        long[] given = main.contextSides();
        if (!Arrays.equals(given, graph.contextSides())) {
            throw new StreamException(graph.label() + ": wants a context of " + Arrays.toString(graph.contextSides())
                    + ", but " + main.label() + " gives one of " + Arrays.toString(given));
        }
    }

    private void same(PassGraph graph, String key, @Nullable Object own, @Nullable Object leading) {
        same(graph, key, own, main, leading);
    }

    private static void same(
            PassGraph graph, String key, @Nullable Object own, PassGraph other, @Nullable Object wanted) {
        if (!Objects.equals(own, wanted)) {
            throw new StreamException(graph.label() + ": its metadata says upflux." + key + " = " + shown(own)
                    + ", but that of " + other.label() + " says " + shown(wanted)
                    + "; files of one model must come from one export");
        }
    }

    private static String shown(@Nullable Object value) {
        String text = value == null ? "nothing" : value.toString();
        return text.length() == 64 ? text.substring(0, 12) + "..." : text;
    }
}
