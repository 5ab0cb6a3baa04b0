package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.colour.ColourKernels;
import io.upflux.frame.FrameFormat;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.onnx.ShapeSessions.Form;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.TilePlan;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Between which planes a model's device converts colour itself: those where it is found to do it well, each kind tried when
 * it is first asked for. Thread-safe.
 */
final class PlaneSupport {
    /** What products that are rounded to 11 bits can still tell apart. */
    private static final int ROUNDED_DEPTH = 8;

    private final ModelSessions sessions;
    private final Contract contract;
    private final Traits traits;
    private final Runs runs;
    private final Notices notices;
    private final boolean able;
    private final boolean rounds;
    private final Map<Kind, Boolean> tried = new ConcurrentHashMap<>();

    /** What one trial is good for. */
    private record Kind(PlaneCoding coding, int depth, int largeDepth) {}

    /**
     * @param notices told of a device that does it badly
     * @param wanted whether it is to convert at all
     * @param rounds whether it rounds products in single precision
     */
    PlaneSupport(
            ModelSessions sessions,
            Contract contract,
            Traits traits,
            Runs runs,
            Notices notices,
            boolean wanted,
            boolean rounds) {
        this.sessions = sessions;
        this.contract = contract;
        this.traits = traits;
        this.runs = runs;
        this.notices = notices;
        this.rounds = rounds;
        // Batches of a fixed size are filled with several streams' samples.
        this.able = wanted && traits.channels() == 3 && contract.batch() <= 1 && sessions.convertsPlanes();
    }

    /** As {@link io.upflux.pipeline.SuperResolver#takesPlanes}. */
    boolean takes(FrameFormat from, FrameFormat to) {
        if (!able || !suits(from) || !suits(to)) {
            return false;
        }
        Boolean known = tried.get(kind(from, to));
        return known != null ? known : tries(from, to);
    }

    private boolean suits(FrameFormat format) {
        return ColourKernels.suits(format.layout())
                && (!rounds || format.layout().depth() <= ROUNDED_DEPTH);
    }

    /** Whether {@link #takes} said so, and chroma samples go into such tiles without remainder. */
    boolean serves(TileShape shape, FrameFormat from, FrameFormat to) {
        return tried.getOrDefault(kind(from, to), false)
                && kind(from, to).coding().fits(shape);
    }

    /** A batch that it {@link #serves}. */
    TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        return OnnxBatch.ofPlanes(sessions, contract, traits.name(), shape, from, to);
    }

    private Kind kind(FrameFormat from, FrameFormat to) {
        return new Kind(
                PlaneCoding.of(from, to, contract.scale()),
                from.layout().depth(),
                to.layout().depth());
    }

    private synchronized boolean tries(FrameFormat from, FrameFormat to) {
        Kind kind = kind(from, to);
        Boolean known = tried.get(kind);
        if (known != null) {
            return known;
        }
        // On the chroma grid, too.
        int side = TilePlan.roundUp(Inspection.PROBE_SIDE, 2 * traits.align());
        Size fixed = contract.tile();
        TileShape shape =
                fixed == null ? new TileShape(1, side, side) : new TileShape(1, fixed.width(), fixed.height());
        if (!kind.coding().fits(shape)) {
            return false;
        }
        FrameFormat small = from.withSize(shape.width(), shape.height());
        FrameFormat large = to.withSize(contract.scale() * shape.width(), contract.scale() * shape.height());
        String flaw;
        try {
            // As one call, so that closing waits for it.
            flaw = runs.call(options -> Optional.ofNullable(flaw(shape, small, large, options)))
                    .orElse(null);
        } catch (StoppedException e) {
            // Whoever asks next may be luckier.
            return false;
        } catch (StreamException | OutOfMemoryError e) {
            flaw = String.valueOf(e.getMessage());
        }
        if (flaw != null) {
            notices.warning(traits.name() + ": " + traits.provider() + " is not used to convert colour, since " + flaw
                    + "; the CPU does it, which takes longer");
        }
        tried.put(kind, flaw == null);
        return flaw == null;
    }

    /** Of the graph for whole pictures, and of the one for tiles of larger ones. */
    private @Nullable String flaw(TileShape shape, FrameFormat small, FrameFormat large, RunOptions options)
            throws OrtException {
        try (TileBatch samples = OnnxBatch.ofSamples(sessions, contract, traits.name(), shape, 0);
                TileBatch planes = newBatch(shape, small, large)) {
            PlaneCheck check = new PlaneCheck(small, large);
            String flaw = check.flaw(samples, planes, batch -> ((OnnxBatch) batch).run(null, options));
            if (flaw != null || !sessions.looks() || sessions.halts()) {
                return flaw;
            }
            SeenContext nothing = new SeenContext(sessions, new float[sessions.contextLength()]);
            return check.flaw(samples, planes, batch -> ((OnnxBatch) batch).run(nothing, options));
        } finally {
            if (contract.tile() == null) {
                // Nobody has tiles of this shape, or he will have them again soon.
                for (boolean bare : new boolean[] {false, true}) {
                    sessions.discard(new Form(shape, null, bare));
                    sessions.discard(new Form(shape, PlaneCoding.of(small, large, contract.scale()), bare));
                }
            }
        }
    }
}
