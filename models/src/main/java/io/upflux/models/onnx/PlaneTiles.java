package io.upflux.models.onnx;

import io.upflux.colour.ColourKernels;
import io.upflux.frame.FrameFormat;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.TilePlan;
import java.util.HashMap;
import java.util.Map;

/** Tiles as planes, for formats between which the device is found to convert well: each kind is tried once. Thread-safe. */
final class PlaneTiles {
    private final ModelSessions sessions;
    private final Contract contract;
    private final Traits traits;
    private final Runs runs;
    private final Notices notices;
    private final boolean able;
    private final Map<PlaneCoding, Boolean> tried = new HashMap<>();

    /**
     * @param wanted whether there are to be any
     * @param notices told of a device that does it badly
     */
    PlaneTiles(ModelSessions sessions, Contract contract, Traits traits, Runs runs, Notices notices, boolean wanted) {
        this.sessions = sessions;
        this.contract = contract;
        this.traits = traits;
        this.runs = runs;
        this.notices = notices;
        // Batches of a fixed size are filled with several streams' samples.
        this.able = wanted && traits.channels() == 3 && contract.batch() <= 1 && sessions.convertsPlanes();
    }

    /** As {@link io.upflux.pipeline.SuperResolver#takesPlanes}. */
    synchronized boolean take(FrameFormat from, FrameFormat to) {
        return able
                && ColourKernels.suit(from.layout())
                && ColourKernels.suit(to.layout())
                && tried.computeIfAbsent(coding(from, to), coding -> convertsWell(coding, from, to));
    }

    /** Whether chroma samples go into a shape without remainder. */
    boolean fit(TileShape shape, FrameFormat from, FrameFormat to) {
        return coding(from, to).fits(shape);
    }

    /** As {@link io.upflux.pipeline.SuperResolver#newBatch(TileShape, FrameFormat, FrameFormat)}. */
    TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        return OnnxBatch.ofPlanes(sessions, contract, traits.name(), shape, from, to);
    }

    private PlaneCoding coding(FrameFormat from, FrameFormat to) {
        return PlaneCoding.of(from, to, contract.scale());
    }

    private boolean convertsWell(PlaneCoding coding, FrameFormat from, FrameFormat to) {
        // On the chroma grid, too.
        int side = TilePlan.roundUp(Inspection.PROBE_SIDE, 2 * traits.align());
        Size fixed = contract.tile();
        TileShape shape =
                fixed == null ? new TileShape(1, side, side) : new TileShape(1, fixed.width(), fixed.height());
        if (!coding.fits(shape)) {
            return false;
        }
        FrameFormat small = from.withSize(shape.width(), shape.height());
        FrameFormat large = to.withSize(contract.scale() * shape.width(), contract.scale() * shape.height());
        String flaw;
        try (TileBatch samples = OnnxBatch.ofSamples(sessions, contract, traits.name(), shape, 0);
                TileBatch planes = newBatch(shape, small, large)) {
            flaw = new PlaneCheck(small, large, this::compute).flaw(samples, planes);
        } catch (StreamException | OutOfMemoryError e) {
            flaw = String.valueOf(e.getMessage());
        }
        sessions.closeIdle();
        if (flaw != null) {
            notices.warning(traits.name() + ": " + traits.provider() + " is not used to convert colour, since " + flaw
                    + "; the CPU does it, which takes longer");
        }
        return flaw == null;
    }

    private void compute(TileBatch batch) {
        runs.call(options -> {
            ((OnnxBatch) batch).run(null, options);
            return batch;
        });
    }
}
