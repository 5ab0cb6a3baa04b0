package io.upflux.models.onnx;

import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.WindowGrid;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The sessions of one open model, kept apart by graph, and which graph a batch is to be run through. */
final class ModelSessions implements AutoCloseable {
    private final PassGraph main;
    private final Weights weights;
    private final Provider provider;
    private final float threshold;
    private final boolean driven;
    private final Map<Pass, ShapeSessions> passes = new EnumMap<>(Pass.class);

    /**
     * @param weights closed with this
     * @param threshold at which windows halt; empty when none shall
     */
    ModelSessions(
            ModelGraphs graphs,
            Weights weights,
            OptionalDouble threshold,
            Provider provider,
            int threads,
            String name) {
        this.main = graphs.main();
        this.weights = weights;
        this.provider = provider;
        this.threshold = (float) threshold.orElse(Float.POSITIVE_INFINITY);
        PassGraph first = graphs.get(Pass.FEATURES);
        this.driven =
                threshold.isPresent() && first != null && first.takesLists() && first.window() == WindowGrid.WINDOW;
        List<Pass> wanted = new ArrayList<>();
        if (threshold.isPresent()) {
            wanted.add(Pass.HALTING);
        }
        if (threshold.isEmpty() || driven) {
            wanted.addAll(List.of(graphs.main().pass(), Pass.BODY, Pass.FEATURES, Pass.WINDOWS));
            wanted.addAll(List.of(Pass.EDGE_FEATURES, Pass.EDGE_WINDOWS));
        }
        for (Pass pass : wanted) {
            PassGraph graph = graphs.get(pass);
            if (graph != null) {
                passes.put(
                        pass, new ShapeSessions(new SessionFactory(graph, weights, threads, driven), provider, name));
            }
        }
    }

    PassGraph main() {
        return main;
    }

    /** As {@link ShapeSessions#memory}. */
    TileMemory memory() {
        return new TileMemory(CudaPages.of(provider));
    }

    /** Confidence at which windows halt. */
    float threshold() {
        return threshold;
    }

    boolean halts() {
        return passes.containsKey(Pass.HALTING);
    }

    /** Whether the depths of windows can be told instead, in squares and in tiles with a context. */
    boolean driven() {
        return driven;
    }

    /** Whether there is a context for the tiles of a picture. */
    boolean looks() {
        return passes.containsKey(Pass.BODY);
    }

    /** The graph that all batches of tiles run through, null when that depends on the context. */
    @Nullable
    Pass onlyPass() {
        if (halts()) {
            return driven ? null : Pass.HALTING;
        }
        return looks() ? null : main.pass();
    }

    /** LR pixels that the graphs for squares take in around them, 0 without any. */
    int margin() {
        return Math.max(margin(Pass.FEATURES), margin(Pass.WINDOWS));
    }

    private int margin(Pass pass) {
        ShapeSessions sessions = passes.get(pass);
        return sessions == null
                ? 0
                : Math.max(sessions.graph().margin(), sessions.graph().reach());
    }

    /** Whether squares are computed in two stages, with features between them. */
    boolean staged() {
        return passes.containsKey(Pass.FEATURES);
    }

    /** Whether squares at the picture's edge are, too. */
    boolean edges() {
        return passes.containsKey(Pass.EDGE_FEATURES);
    }

    /** Of such squares. */
    StageSessions firstStage() {
        return new StageSessions(of(Pass.FEATURES), passes.get(Pass.EDGE_FEATURES));
    }

    /** Of such squares. */
    StageSessions lastStage() {
        return new StageSessions(of(Pass.WINDOWS), passes.get(Pass.EDGE_WINDOWS));
    }

    /** Whether all graphs that tiles go through can convert between planes. */
    boolean convertsPlanes() {
        return passes.entrySet().stream()
                .filter(each -> !each.getKey().shrinks())
                .allMatch(each -> each.getValue().convertsPlanes());
    }

    Pass passFor(@Nullable SeenContext context) {
        if (halts()) {
            return Pass.HALTING;
        }
        return context == null ? main.pass() : Pass.BODY;
    }

    ShapeSessions of(Pass pass) {
        ShapeSessions sessions = passes.get(pass);
        if (sessions == null) {
            throw new IllegalStateException(main.label() + " runs no " + pass + " graph");
        }
        return sessions;
    }

    /** Windows of a batch whose depths are told, 0 where none halts. */
    int windows(TileShape shape) {
        return halts() ? of(Pass.HALTING).graph().windows(shape.batch(), shape.width(), shape.height()) : 0;
    }

    /** Closes what has this form and no user. */
    void discard(Form form) {
        passes.values().forEach(sessions -> sessions.discard(form));
    }

    /** Numbers of a context, where there is one. */
    int contextLength() {
        long length = 1;
        for (long side : of(Pass.BODY).graph().contextSides()) {
            length *= side;
        }
        return (int) length;
    }

    /** Sessions that are open now. */
    int open() {
        return passes.values().stream().mapToInt(ShapeSessions::open).sum();
    }

    /** Closes all, used or not. Must not be called while one runs. Idempotent. */
    @Override
    public void close() {
        passes.values().forEach(ShapeSessions::close);
        weights.close();
    }
}
