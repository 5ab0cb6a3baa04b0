package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.tile.TilePlan;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

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
     * @param main of the main graph
     * @throws StreamException when they differ, or one cannot be run
     */
    void check(ProbeSession main) {
        PassGraph windows = graphs.get(Pass.WINDOWS);
        boolean alone = windows == null && graphs.get(Pass.BODY) == null && graphs.get(Pass.HALTING) == null;
        if (alone || graphs.main().picture().half()) {
            return;
        }
        Picture picture = picture(windows == null ? 0 : windows.margin());
        try {
            Picture expected = main.run(picture);
            float[] context = graphs.main().pass() == Pass.KEY ? main.look(picture) : null;
            for (Pass pass : new Pass[] {Pass.BODY, Pass.HALTING}) {
                PassGraph graph = graphs.get(pass);
                if (graph != null) {
                    same(graph, worst(expected, 0, picture.width(), run(graph, picture, context)));
                }
            }
            if (graphs.staged()) {
                compareStages(picture, context, expected, false);
                if (graphs.get(Pass.EDGE_FEATURES) != null) {
                    compareStages(picture, context, expected, true);
                }
            } else if (windows != null) {
                compareWindows(windows, picture, context, expected);
            }
        } catch (OrtException e) {
            throw new StreamException(graphs.main().label() + ": fails on a probe picture: " + Ort.reason(e), e);
        }
    }

    private Picture run(PassGraph graph, Picture picture, float @Nullable [] context) {
        try (ProbeSession session = new ProbeSession(
                new SessionFactory(graph, weights, threads).anyShape(Provider.CPU), graph, Provider.CPU)) {
            if (context != null) {
                session.context(context);
            }
            return session.run(picture);
        } catch (OrtException e) {
            throw new StreamException(graph.label() + ": ONNX Runtime cannot run it: " + Ort.reason(e), e);
        }
    }

    /** A square around which there is picture, as large as whole windows allow. */
    private void compareWindows(PassGraph graph, Picture picture, float @Nullable [] context, Picture expected) {
        int step = Math.max(1, graph.window());
        int start = TilePlan.roundUp(graph.margin(), step);
        int core = (picture.width() - 2 * start) / step * step;
        int side = core + 2 * graph.margin();
        Picture part = cut(picture, start - graph.margin(), start - graph.margin(), side, side);
        same(graph, worst(expected, start, core, run(graph, part, context)));
    }

    /** Windows computed by themselves and enlarged together: those around which there is picture, or all. */
    private void compareStages(Picture picture, float @Nullable [] context, Picture expected, boolean all)
            throws OrtException {
        PassGraph first = Objects.requireNonNull(graphs.get(all ? Pass.EDGE_FEATURES : Pass.FEATURES));
        PassGraph last = Objects.requireNonNull(graphs.get(all ? Pass.EDGE_WINDOWS : Pass.WINDOWS));
        int window = first.square();
        int edge = all ? 0 : TilePlan.roundUp(Math.max(first.margin(), last.margin() + last.reach()), window);
        int across = (picture.width() - 2 * edge) / window;
        int count = across * across;
        int start = all ? 0 : edge + last.reach();
        int core = picture.width() - 2 * start;
        try (ShapeSessions windows = sessions(first);
                ShapeSessions squares = sessions(last);
                StageBatch seen = new StageBatch(
                        new StageSessions(windows, all ? windows : null),
                        contract,
                        first.label(),
                        new TileShape(count, window, window));
                StageBatch enlarged = new StageBatch(
                        new StageSessions(squares, all ? squares : null),
                        contract,
                        last.label(),
                        new TileShape(1, core, core));
                FeatureCache cache =
                        new FeatureCache(first.label(), first.featureChannels(), picture.width(), picture.height());
                RunOptions options = new RunOptions()) {
            for (int i = 0; i < count; i++) {
                feed(picture, edge + i % across * window, edge + i / across * window, seen, i, cache);
            }
            seen.compute(context, null, 0, options);
            for (int i = 0; i < count; i++) {
                int x = edge + i % across * window;
                int y = edge + i / across * window;
                cache.put(seen.features(), i * window * window, window, x, y, window, window);
            }
            int taken = core + 2 * last.reach();
            cache.cut(start - last.reach(), start - last.reach(), taken, taken, enlarged.features(), 0);
            feed(picture, start, start, enlarged, 0, cache);
            enlarged.enlarge(options);
            same(last, worst(expected, start, core, made(enlarged, core * contract.scale())));
        }
    }

    /** How far a square is from the same part of the picture; {@code start} and {@code core} in LR pixels. */
    private float worst(Picture expected, int start, int core, Picture made) {
        int scale = contract.scale();
        Picture part = cut(expected, start * scale, start * scale, core * scale, core * scale);
        float worst = made.samples().length == part.samples().length ? 0 : Float.POSITIVE_INFINITY;
        for (int i = 0; i < made.samples().length && Float.isFinite(worst); i++) {
            worst = Math.max(worst, Math.abs(made.samples()[i] - part.samples()[i]));
        }
        return worst;
    }

    /** Beyond its edge a picture goes on as there. */
    private static Picture cut(Picture picture, int x, int y, int width, int height) {
        Picture part = Picture.of(picture.channels(), width, height);
        for (int i = 0; i < part.samples().length; i++) {
            int row = Math.max(0, Math.min(y + i / width % height, picture.height() - 1));
            int column = Math.max(0, Math.min(x + i % width, picture.width() - 1));
            int plane = i / (height * width) * picture.height();
            part.samples()[i] = picture.samples()[(plane + row) * picture.width() + column];
        }
        return part;
    }

    private void feed(Picture picture, int x, int y, StageBatch to, int at, FeatureCache place) {
        to.place(at, x, y, place);
        int margin = to.margin();
        int width = to.shape().width() + 2 * margin;
        int height = to.shape().height() + 2 * margin;
        float[] part = cut(picture, x - margin, y - margin, width, height).samples();
        for (int i = 0; i < part.length; i++) {
            to.input().put(at * part.length + i, part[i] / contract.range().white());
        }
    }

    private Picture made(StageBatch from, int side) {
        Picture made = Picture.of(contract.format().channels(), side, side);
        for (int i = 0; i < made.samples().length; i++) {
            made.samples()[i] = from.output().get(i) * contract.range().white();
        }
        return made;
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
    private Picture picture(int margin) {
        int side = TilePlan.roundUp(SIDE + 2 * margin, contract.align());
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
