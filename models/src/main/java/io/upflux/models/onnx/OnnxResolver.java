package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.tile.TileChoice;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Runs one ONNX model. */
public final class OnnxResolver implements SuperResolver {
    /**
     * LR pixels of a tile on the CPU. Time per computed pixel hardly depends on it from 8 K to 2 M pixels, so larger tiles
     * only save halo: this one costs 3 % more than a whole frame and a quarter of its memory at 1920x1080.
     */
    private static final int CPU_TILE_PIXELS = 1 << 19;

    /** Inferences at once on the CPU. */
    private static final int CPU_LANES = 2;

    /** A GPU wants fewer and larger calls. */
    private static final int CUDA_TILE_PIXELS = 1920 * 1088;

    private final Traits traits;
    private final Contract contract;
    private final GraphCheck graph;
    private final TileChoice tiles;
    private final ShapeSessions sessions;
    private final RunOptions options;

    /** Read by running inferences, written by closing, which so waits for them. */
    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();

    private final boolean cpu;
    private final Object state = new Object();
    private int inRun;
    private boolean terminated;
    private boolean closed;

    private OnnxResolver(String name, OnnxFile file, Contract contract, Provider provider, int threads)
            throws OrtException {
        this.contract = contract;
        this.cpu = !provider.isCuda();
        this.graph = GraphCheck.of(file);
        this.tiles = new TileChoice(
                provider.isCuda() ? CUDA_TILE_PIXELS : CPU_TILE_PIXELS, contract.halo(), contract.align());
        // ONNX Runtime computes float16 graphs in float32 on x86 processors; only a GPU really works in half.
        boolean half = provider.isCuda() && (graph.half() || file.graph().halfArithmetic());
        this.traits = new Traits(
                name,
                contract.scale(),
                contract.format().channels(),
                contract.align(),
                contract.halo(),
                provider.toString(),
                half ? "fp16" : "fp32",
                0,
                0);
        this.sessions = new ShapeSessions(new SessionFactory(file, graph, threads), provider, name);
        this.options = new RunOptions();
    }

    /**
     * Opens a model on the first device that {@code execution} allows and that works, which one small run shows.
     *
     * @param name what to call it
     * @param contract the file's, of {@link #declared} or {@link #inspect}
     * @throws StreamException in one line, when it cannot be used
     */
    public static SuperResolver open(
            OnnxFile file, String name, Contract contract, Execution execution, Notices notices) {
        Provider provider = Inspection.tryOut(file, contract, execution, notices);
        try {
            return new OnnxResolver(name, file, contract, provider, execution.threadsOrCores());
        } catch (OrtException e) {
            throw new StreamException(name + ": " + Ort.reason(e), e);
        }
    }

    /**
     * The file's contract where its metadata holds all of it; nothing is run.
     *
     * @throws StreamException in one line, when it cannot be used
     */
    public static Optional<Contract> declared(OnnxFile file) {
        return Optional.ofNullable(Inspection.declared(file));
    }

    /**
     * The file's contract, checked and completed by running it on the CPU.
     *
     * @param thorough whether to measure what the file declares, too
     * @throws StreamException in one line, when it cannot be used
     */
    public static Contract inspect(OnnxFile file, boolean thorough, Notices notices) {
        return Inspection.inspect(file, thorough, notices);
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        int batch = Math.max(1, contract.batch());
        Size fixed = contract.tile();
        if (fixed != null) {
            return new TileShape(batch, fixed.width(), fixed.height());
        }
        TileShape shape = tiles.forFrame(frameWidth, frameHeight);
        return new TileShape(batch, shape.width(), shape.height());
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        Size fixed = contract.tile();
        if (fixed != null && (shape.width() != fixed.width() || shape.height() != fixed.height())) {
            throw new StreamException(traits.name() + ": runs tiles of " + fixed + " only, not of " + shape.width()
                    + "x" + shape.height());
        }
        if (contract.batch() > 0 && shape.batch() != contract.batch()) {
            throw new StreamException(
                    traits.name() + ": runs batches of " + contract.batch() + " only, not of " + shape.batch());
        }
        if (shape.width() % traits.align() != 0 || shape.height() % traits.align() != 0) {
            throw new StreamException(traits.name() + ": tiles of " + shape.width() + "x" + shape.height()
                    + " are not multiples of " + traits.align());
        }
        return new OnnxBatch(sessions, graph, contract, traits.name(), shape);
    }

    /** On the CPU a second run fills the moments in which the threads of the first wait for each other. */
    @Override
    public int lanes() {
        return cpu ? CPU_LANES : 1;
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        running.readLock().lock();
        try {
            begin();
            ((OnnxBatch) batch).run(options);
        } catch (OrtException e) {
            throw new StreamException(
                    traits.name() + (wasTerminated() ? ": interrupted" : ": inference failed: " + Ort.reason(e)), e);
        } finally {
            synchronized (state) {
                inRun--;
            }
            running.readLock().unlock();
        }
    }

    @Override
    public void interrupt() {
        synchronized (state) {
            if (inRun > 0 && !terminated) {
                terminate(true);
            }
        }
    }

    /** Waits for a running {@link #upscale}, which it interrupts. Idempotent. */
    @Override
    public void close() {
        interrupt();
        running.writeLock().lock();
        try {
            synchronized (state) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            sessions.close();
            options.close();
        } finally {
            running.writeLock().unlock();
        }
    }

    /** Sessions that are open now. */
    int openSessions() {
        return sessions.open();
    }

    private void begin() {
        synchronized (state) {
            if (closed) {
                throw new StreamException(traits.name() + ": is closed");
            }
            // Runs that were interrupted end before others begin afresh.
            if (terminated && inRun == 0) {
                terminate(false);
            }
            inRun++;
        }
    }

    private boolean wasTerminated() {
        synchronized (state) {
            return terminated;
        }
    }

    private void terminate(boolean on) {
        try {
            options.setTerminate(on);
            terminated = on;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
