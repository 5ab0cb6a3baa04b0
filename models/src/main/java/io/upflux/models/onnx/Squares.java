package io.upflux.models.onnx;

import io.upflux.models.tile.TileChoice;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.Cells;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import java.util.List;
import java.util.Optional;

/** Which squares of pictures a model computes by themselves, and what they are supposed to cost. */
record Squares(ModelSessions sessions, Contract contract, TileChoice tiles, Traits traits) {
    /** Bytes of features that are kept of one picture at most, in one buffer; larger pictures are computed whole. */
    private static final long LARGEST_CACHE = 1L << 30;

    /** Sides of squares; smaller ones than the first are mostly margin, the last saves little over whole tiles. */
    private static final List<Integer> SIDES = List.of(8, 16, 32, 64, 128);

    /**
     * Of a network with attention in two stages, as measured on AdaFormer-V-s: what a pixel costs in the first and in the
     * last, where one of a whole picture costs 1. On one thread the first costs 0.77, but several wait for each other more
     * often in small batches than in a whole picture, which so is computed whole where all of it changes.
     */
    private static final double WINDOWED_FIRST = 1;

    private static final double WINDOWED_LAST = 0.0525;

    /**
     * What a square at the edge costs, where one inside costs 1: its graph is told where the picture ends, which costs plain-m
     * 10 to 14 % and AdaFormer-V-s 3 %, and its batches are smaller.
     */
    private static final double AT_EDGE = 1.25;

    /**
     * Multiplications that take as long as a square is converted and joined, which a small network feels: 17 us, where the
     * same core makes 93 G of them a second, or twice as many in 8 bits.
     */
    private static final double CONVERTED = 1.55e6;

    /**
     * Multiplications that take as long as it takes to open and first run the sessions of one stage in the shapes that a stream
     * wants: 25 ms. Plain-m's two stages need 10 ms a shape, plain-s 4.
     */
    private static final double OPENED = 2.3e9;

    /** As {@link io.upflux.pipeline.SuperResolver#cells}. */
    Optional<Cells> cells(int frameWidth, int frameHeight) {
        boolean free = contract.tile() == null && contract.batch() == 0;
        if (!free || (sessions.halts() && !sessions.driven()) || cacheBytes(frameWidth, frameHeight) > LARGEST_CACHE) {
            return Optional.empty();
        }
        int margin = sessions.margin();
        // Squares of two stages hold whole windows.
        int least = sessions.staged() ? sessions.of(Pass.FEATURES).graph().square() : 1;
        List<Integer> sides = SIDES.stream().filter(side -> side % least == 0).toList();
        OnnxFile main = sessions.main().file();
        double macs = main.graph().eightBits() ? main.macs() / 2.0 : main.macs();
        double converted = macs > 0 ? CONVERTED / macs : 0;
        double opening = macs > 0 && margin > 0 ? (sessions.staged() ? 2 : 1) * OPENED / macs : 0;
        List<Double> costs =
                sides.stream().map(side -> converted + cost(side, margin)).toList();
        // A picture of one tile is its own context, of itself and of the squares of later ones.
        TileShape tile = tiles.forFrame(frameWidth, frameHeight);
        boolean looks = sessions.looks() && (tile.width() < frameWidth || tile.height() < frameHeight);
        return sides.isEmpty()
                ? Optional.empty()
                : Optional.of(new Cells(
                        sides,
                        margin,
                        margin == 0 ? List.of() : costs,
                        sessions.edges() ? AT_EDGE : 0,
                        opening,
                        looks ? SampleBatch.shape(frameWidth, frameHeight, traits.align()) : null,
                        sessions.driven(),
                        0));
    }

    TileBatch newBatch(TileShape shape) {
        if (sessions.margin() == 0) {
            throw new StreamException(traits.name() + ": has no graph for squares of a picture");
        }
        return sessions.staged()
                ? new StagedCells(
                        sessions.lastStage(), contract, traits.name(), shape, sessions.margin(), traits.window())
                : OnnxBatch.ofSamples(sessions, contract, traits.name(), shape, sessions.margin());
    }

    private long cacheBytes(int width, int height) {
        return sessions.staged()
                ? (long) Float.BYTES * sessions.of(Pass.FEATURES).graph().featureChannels() * width * height
                : 0;
    }

    /**
     * A network takes margins in layer by layer, so that a layer reaches half of them on average, with a pixel around the
     * square for the sake of chroma. Time follows that within 3 %, as measured with 8 layers, squares of 8 to 64, in one
     * stage and in two.
     */
    private double cost(int side, int margin) {
        if (!sessions.staged()) {
            return Math.pow(side + margin + 1.0, 2);
        }
        if (contract.window() > 0) {
            return WINDOWED_FIRST * side * side + WINDOWED_LAST * Math.pow(side + 3.0, 2);
        }
        // Of the first stage a pixel less than half of the margin is the first layer's.
        return (Math.pow(side + margin - 1.0, 2) + Math.pow(side + margin + 1.0, 2)) / 2;
    }
}
