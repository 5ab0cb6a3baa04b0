package io.upflux.models.onnx;

import io.upflux.frame.FrameFormat;
import io.upflux.models.onnx.GpuOptions.Planes;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.PictureMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.reuse.Origins;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Runs one ONNX model. A network that looks at the whole picture goes through its key graph where one tile holds the
 * picture; otherwise the key graph makes the context of samples, with which the body graph enlarges the tiles. With a
 * halting threshold every tile goes through the halting graph, and decides by itself; in a stream whose pictures are made
 * from earlier ones, a network in two stages is told what is known of each window from earlier.
 */
public final class OnnxResolver implements SuperResolver {
    /** Inferences at once on the CPU, where memory allows and more than one thread is asked for. */
    private static final int CPU_LANES = 2;

    /** Each with a stream of its own on the GPU, so that pictures are copied while others are computed. */
    private static final int GPU_LANES = 2;

    private final Traits traits;
    private final Contract contract;
    private final TileShapes shapes;
    private final ModelSessions sessions;
    private final @Nullable StagedWindows staged;
    private final Squares squares;
    private final Mixing mixing;
    private final Runs runs;
    private final int lanes;
    private final PlaneSupport planes;

    private OnnxResolver(
            String name,
            Contract contract,
            ModelSessions sessions,
            int halo,
            Provider provider,
            int threads,
            Notices notices,
            Planes converting) {
        this.contract = contract;
        this.sessions = sessions;
        boolean windowed = contract.window() > 0;
        this.lanes = provider.onGpu() ? GPU_LANES : windowed ? 1 : Math.min(CPU_LANES, threads);
        PassGraph main = sessions.main();
        this.traits = new Traits(
                name,
                contract.scale(),
                contract.format().channels(),
                contract.align(),
                halo,
                provider.toString(),
                main.precision(provider),
                sessions.halts() ? main.window() : 0,
                sessions.halts() ? main.blocks() : 0);
        this.staged = sessions.staged()
                ? new StagedWindows(sessions.firstStage(), contract, sessions.threshold(), name)
                : null;
        this.shapes = TileShapes.of(contract, traits);
        this.squares = new Squares(sessions, contract, shapes.free(), traits);
        this.mixing = new Mixing(sessions, contract, name, staged);
        this.runs = new Runs(name);
        this.planes = new PlaneSupport(
                sessions,
                contract,
                traits,
                runs,
                notices,
                converting.on(provider),
                GpuOptions.standard().roundsProducts(provider));
    }

    /**
     * Opens a model on the first device that {@code execution} allows and that works, which one small run shows.
     *
     * @param name what to call it
     * @param contract the model's, of {@link #declared} or {@link #inspect}
     * @param threshold of summed confidence at which windows halt; empty when none shall
     * @throws StreamException in one line, when it cannot be used
     */
    public static SuperResolver open(
            ModelFiles files,
            String name,
            Contract contract,
            Execution execution,
            OptionalDouble threshold,
            Notices notices) {
        return open(
                files,
                name,
                contract,
                execution,
                threshold,
                notices,
                GpuOptions.standard().planes());
    }

    /** @param converting which sessions convert colour themselves */
    static SuperResolver open(
            ModelFiles files,
            String name,
            Contract contract,
            Execution execution,
            OptionalDouble threshold,
            Notices notices,
            Planes converting) {
        ModelGraphs graphs = ModelGraphs.of(files);
        PassGraph first = threshold.isPresent() ? graphs.halting(name) : graphs.main();
        PassGraph tiled = threshold.isPresent() ? first : graphs.tiled();
        Integer halo = tiled.declared().halo();
        Weights weights = files.weights();
        try {
            Provider provider = Inspection.tryOut(first, weights, contract, execution, notices);
            int threads = execution.threadsOrCores();
            ModelSessions sessions = new ModelSessions(graphs, weights, threshold, provider, threads, name);
            return new OnnxResolver(
                    name,
                    contract,
                    sessions,
                    halo == null ? contract.halo() : halo,
                    provider,
                    threads,
                    notices,
                    converting);
        } catch (RuntimeException | OutOfMemoryError e) {
            weights.close();
            throw e;
        }
    }

    /**
     * The model's contract where the metadata of its main file holds all of it; nothing is run.
     *
     * @throws StreamException in one line, when it cannot be used
     */
    public static Optional<Contract> declared(ModelFiles files) {
        return Optional.ofNullable(Inspection.declared(files));
    }

    /**
     * The model's contract, checked and completed by running it on the CPU.
     *
     * @param thorough whether to measure what the files declare, too
     * @throws StreamException in one line, when it cannot be used
     */
    public static Contract inspect(ModelFiles files, boolean thorough, Notices notices) {
        return Inspection.inspect(files, thorough, notices);
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return shapes.forFrame(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        shapes.require(shape);
        return OnnxBatch.ofSamples(sessions, contract, traits.name(), shape, 0);
    }

    @Override
    public boolean takesPlanes(FrameFormat from, FrameFormat to) {
        return planes.takes(from, to);
    }

    @Override
    public TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        if (!planes.serves(shape, from, to)) {
            return newBatch(shape);
        }
        shapes.require(shape);
        return planes.newBatch(shape, from, to);
    }

    @Override
    public Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return sessions.looks() && !sessions.halts()
                ? Optional.of(SampleBatch.shape(frameWidth, frameHeight, traits.align()))
                : Optional.empty();
    }

    /** Not of a network whose windows halt by themselves and cannot be told, since a cell does not see what a tile does. */
    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return squares.cells(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newCells(TileShape shape) {
        return squares.newBatch(shape);
    }

    @Override
    public TileBatch newSamples(TileShape shape) {
        return new SampleBatch(sessions.of(Pass.KEY), contract, traits.name(), shape);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        return runs.call(options -> new SeenContext(sessions, ((SampleBatch) samples).look(options)));
    }

    /** A second run fills the moments in which the threads of the first, or a GPU, wait. */
    @Override
    public int lanes() {
        return lanes;
    }

    /** Without a context each tile is a picture of its own. */
    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        SeenContext seen = known(context);
        runs.call(options -> {
            ((OnnxBatch) batch).run(seen, options);
            return batch;
        });
    }

    private @Nullable SeenContext known(PictureContext context) {
        SeenContext seen = context instanceof SeenContext known && known.isOf(sessions) ? known : null;
        if (seen == null && context != PictureContext.NONE) {
            throw new IllegalArgumentException(traits.name() + " did not make this " + context);
        }
        return seen;
    }

    @Override
    public void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        if (!(memory instanceof StreamMemory kept)) {
            work.forEach(placed -> upscale(placed.batch(), context));
            return;
        }
        SeenContext seen = known(context);
        StreamMemory.State before = kept.state();
        try {
            runs.call(options -> {
                if (staged != null) {
                    Stroke stroke = new Stroke(work, origins, context, memory, Stroke.NO_DEADLINE);
                    staged.upscale(List.of(stroke), seen, null, options);
                } else {
                    for (Placed placed : work) {
                        ((OnnxBatch) placed.batch()).run(placed.places(), seen, kept, options);
                    }
                }
                return memory;
            });
        } catch (RuntimeException | OutOfMemoryError e) {
            kept.restore(before);
            throw e;
        }
    }

    @Override
    public List<Stroke> companions(Stroke first, List<Stroke> waiting) {
        return mixing.companions(first, waiting);
    }

    @Override
    public void upscale(List<Stroke> strokes) {
        if (strokes.size() == 1) {
            Stroke stroke = strokes.get(0);
            upscale(stroke.work(), stroke.origins(), stroke.context(), stroke.memory());
            return;
        }
        runs.call(options -> {
            mixing.upscale(strokes, options);
            return strokes;
        });
    }

    /** A context, and features of a network in two stages: 128 bytes a pixel with 32 channels. */
    @Override
    public PictureMemory newMemory(int frameWidth, int frameHeight) {
        if (staged == null && !sessions.looks()) {
            return PictureMemory.NONE;
        }
        return new StreamMemory(
                frameWidth,
                frameHeight,
                staged == null ? null : staged.newCache(frameWidth, frameHeight),
                sessions.driven() ? new KnownDepths(frameWidth, frameHeight, traits.blocks()) : null);
    }

    @Override
    public void interrupt() {
        runs.interrupt();
    }

    @Override
    public void interrupt(Thread caller) {
        runs.interrupt(caller);
    }

    /** Waits for a running {@link #upscale} or {@link #look}, which it interrupts. Idempotent. */
    @Override
    public void close() {
        runs.close(() -> {
            mixing.close();
            if (staged != null) {
                staged.close();
            }
            sessions.close();
        });
    }

    /** Sessions that are open now. */
    int openSessions() {
        return sessions.open();
    }
}
