package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;
import io.upflux.tile.TilePlan;
import java.util.Random;

/**
 * Whether the graphs of a model are the same network: of one picture, given its context and with nothing halting, they
 * make the same.
 */
final class PassComparison {
    /** Share of white by which results may differ: arithmetic in another order, an eighth of a code value. */
    private static final float TOLERANCE = 5e-4f;

    private static final int SIDE = 96;

    private final ModelGraphs graphs;
    private final Weights weights;
    private final Contract contract;
    private final int threads;

    PassComparison(ModelGraphs graphs, Weights weights, Contract contract, int threads) {
        this.graphs = graphs;
        this.weights = weights;
        this.contract = contract;
        this.threads = threads;
    }

    /**
     * @param key of the main graph
     * @throws StreamException when they differ, or one cannot be run
     */
    void check(ProbeSession key) {
        if (graphs.main().pass() != Pass.KEY || graphs.main().picture().half()) {
            return;
        }
        Picture picture = picture();
        try {
            Picture expected = key.run(picture);
            float[] context = key.look(picture);
            for (Pass pass : new Pass[] {Pass.BODY, Pass.HALTING}) {
                PassGraph graph = graphs.get(pass);
                if (graph != null) {
                    compare(graph, picture, context, expected);
                }
            }
        } catch (OrtException e) {
            throw new StreamException(graphs.main().label() + ": fails on a probe picture: " + Ort.reason(e), e);
        }
    }

    private void compare(PassGraph graph, Picture picture, float[] context, Picture expected) {
        Picture made;
        try (ProbeSession session = new ProbeSession(
                new SessionFactory(graph, weights, threads).anyShape(Provider.CPU), graph, Provider.CPU)) {
            session.context(context);
            made = session.run(picture);
        } catch (OrtException e) {
            throw new StreamException(graph.label() + ": ONNX Runtime cannot run it: " + Ort.reason(e), e);
        }
        float worst = made.samples().length == expected.samples().length ? 0 : Float.POSITIVE_INFINITY;
        for (int i = 0; i < made.samples().length && Float.isFinite(worst); i++) {
            worst = Math.max(worst, Math.abs(made.samples()[i] - expected.samples()[i]));
        }
        // Written so that a NaN is refused, too.
        if (!(worst <= TOLERANCE * contract.range().white())) {
            throw new StreamException(graph.label() + ": makes another picture than "
                    + graphs.main().label()
                    + " does of the same samples; files of one model must come from one export");
        }
    }

    /** Smooth with some detail, as pictures are. */
    private Picture picture() {
        int side = TilePlan.roundUp(SIDE, contract.align());
        Picture picture = Picture.of(contract.format().channels(), side, side);
        Random random = new Random(1);
        float white = contract.range().white();
        for (int i = 0; i < picture.samples().length; i++) {
            int x = i % side;
            int y = i / side;
            double wave = Math.sin(x * 0.31 + y * 0.07) + Math.sin(y * 0.23);
            picture.samples()[i] = (float) (white * (0.5 + 0.15 * wave + 0.1 * (random.nextDouble() - 0.5)));
        }
        return picture;
    }
}
