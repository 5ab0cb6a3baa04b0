package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.TilePlan;
import java.util.Objects;
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
            if (graphs.staged()) {
                compareStages(picture, context, expected);
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
        same(graph, worst);
    }

    /** Windows around which there is picture, computed by themselves and enlarged together. */
    private void compareStages(Picture picture, float[] context, Picture expected) throws OrtException {
        PassGraph first = Objects.requireNonNull(graphs.get(Pass.FEATURES));
        PassGraph last = Objects.requireNonNull(graphs.get(Pass.WINDOWS));
        int window = first.square();
        int edge = TilePlan.roundUp(Math.max(first.margin(), last.margin() + last.reach()), window);
        int across = (picture.width() - 2 * edge) / window;
        int count = across * across;
        int core = across * window - 2 * last.reach();
        int start = edge + last.reach();
        try (ShapeSessions tokens = sessions(first);
                ShapeSessions windows = sessions(last);
                StageBatch made =
                        new StageBatch(tokens, contract, first.label(), new TileShape(count, window, window));
                StageBatch enlarged = new StageBatch(windows, contract, last.label(), new TileShape(1, core, core));
                FeatureCache cache = new FeatureCache(
                        first.label(), first.featureChannels(), picture.width(), picture.height(), null);
                RunOptions options = new RunOptions()) {
            for (int i = 0; i < count; i++) {
                cut(picture, edge + i % across * window, edge + i / across * window, made, i);
            }
            made.compute(context, null, 0, options);
            for (int i = 0; i < count; i++) {
                int x = edge + i % across * window;
                int y = edge + i / across * window;
                cache.put(made.features(), i * window * window, window, x, y, window, window);
            }
            int taken = core + 2 * last.reach();
            cache.cut(edge, edge, taken, taken, enlarged.features(), 0);
            cut(picture, start, start, enlarged, 0);
            enlarged.enlarge(options);
            same(last, worst(expected, start, core, enlarged));
        }
    }

    private float worst(Picture expected, int start, int core, StageBatch made) {
        int scale = contract.scale();
        int side = core * scale;
        float worst = 0;
        for (int i = 0; i < made.output().capacity() && Float.isFinite(worst); i++) {
            int row = i / (side * side) * expected.height() + start * scale + i / side % side;
            float wanted = expected.samples()[row * expected.width() + start * scale + i % side];
            worst = Math.max(
                    worst, Math.abs(made.output().get(i) * contract.range().white() - wanted));
        }
        return worst;
    }

    private void cut(Picture picture, int x, int y, StageBatch to, int at) {
        int margin = to.margin();
        int width = to.shape().width() + 2 * margin;
        int height = to.shape().height() + 2 * margin;
        for (int i = 0; i < picture.channels() * height * width; i++) {
            int row = i / (height * width) * picture.height() + y - margin + i / width % height;
            float sample = picture.samples()[row * picture.width() + x - margin + i % width];
            to.input()
                    .put(
                            at * picture.channels() * height * width + i,
                            sample / contract.range().white());
        }
    }

    private ShapeSessions sessions(PassGraph graph) {
        return new ShapeSessions(new SessionFactory(graph, weights, threads), Provider.CPU, graph.label());
    }

    private void same(PassGraph graph, float worst) {
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
