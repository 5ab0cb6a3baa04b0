package io.upflux.models.resize;

import io.upflux.models.tile.TileChoice;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Enlarges by a whole number with a separable kernel: rows first down the columns, then each along itself. Beyond the
 * tile's edge the picture is mirrored (half-sample symmetric). Samples pass through unclamped.
 */
public final class SeparableResizer implements SuperResolver {
    /** Largest factor offered; beyond it the kernels show nothing but themselves. */
    public static final int LARGEST_SCALE = 8;

    /** A tile of this many pixels and its result stay in a usual second-level cache per row, and rows are long. */
    private static final int TILE_PIXELS = 1 << 18;

    private final Kernel kernel;
    private final Traits traits;
    private final Phases phases;
    private volatile boolean interrupted;
    private float[] window = new float[0];
    private float[] column = new float[0];
    private float[] phase = new float[0];
    private float[] row = new float[0];

    private SeparableResizer(Kernel kernel, int scale) {
        this.kernel = kernel;
        this.phases = new Phases(kernel, scale);
        this.traits = new Traits(kernel.label() + "-x" + scale, scale, 3, 1, kernel.reach(), "java", "fp32", 0, 0);
    }

    /**
     * A resizer for one scale.
     *
     * @param scale 1 to {@value #LARGEST_SCALE}
     * @throws StreamException for any other
     */
    public static SuperResolver of(Kernel kernel, int scale) {
        if (scale < 1 || scale > LARGEST_SCALE) {
            throw new StreamException(kernel.label() + " enlarges by 1 to " + LARGEST_SCALE + ", not by " + scale
                    + "; choose such a scale");
        }
        return new SeparableResizer(kernel, scale);
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return new TileChoice(TILE_PIXELS, traits.halo(), 1).forFrame(frameWidth, frameHeight);
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return new JavaBatch(traits, shape);
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return Optional.of(new Cells(List.of(16, 32, 64, 128), 0, List.of()));
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        interrupted = false;
        TileShape shape = batch.shape();
        int w = shape.width();
        int h = shape.height();
        reserve(w);
        int images = shape.batch() * traits.channels();
        for (int i = 0; i < images; i++) {
            enlarge(batch.input(), i * w * h, batch.output(), i * w * h * traits.scale() * traits.scale(), w, h);
        }
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public void close() {
        window = new float[0];
        column = new float[0];
        phase = new float[0];
        row = new float[0];
    }

    private void reserve(int w) {
        int taps = 2 * kernel.reach();
        if (row.length != w * traits.scale() || window.length != (taps + 1) * w) {
            window = new float[(taps + 1) * w];
            column = new float[w + 2 * kernel.reach()];
            phase = new float[w];
            row = new float[w * traits.scale()];
        }
    }

    private void enlarge(FloatBuffer from, int fromAt, FloatBuffer to, int toAt, int w, int h) {
        int scale = traits.scale();
        int reach = kernel.reach();
        int held = 2 * reach + 1;
        // Row y of the picture, mirrored, is kept at (y + reach) % held: the rows that any phase of one row needs.
        for (int y = -reach; y < reach; y++) {
            load(from, fromAt, y, w, h);
        }
        for (int y = 0; y < h; y++) {
            if (interrupted) {
                throw new StreamException(traits.name() + ": interrupted");
            }
            load(from, fromAt, y + reach, w, h);
            for (int p = 0; p < scale; p++) {
                float[] weights = phases.weights(p);
                int first = y + phases.first(p) + reach;
                weigh(first % held * w, weights[0], w);
                for (int t = 1; t < weights.length; t++) {
                    accumulate((first + t) % held * w, weights[t], w);
                }
                mirrorEnds(w);
                along(w);
                to.put(toAt + (y * scale + p) * w * scale, row, 0, w * scale);
            }
        }
    }

    private void load(FloatBuffer from, int fromAt, int y, int w, int h) {
        int held = 2 * kernel.reach() + 1;
        from.get(fromAt + mirror(y, h) * w, window, (y + kernel.reach()) % held * w, w);
    }

    private void weigh(int at, float weight, int w) {
        float[] in = window;
        float[] out = column;
        int reach = kernel.reach();
        for (int x = 0; x < w; x++) {
            out[reach + x] = weight * in[at + x];
        }
    }

    private void accumulate(int at, float weight, int w) {
        float[] in = window;
        float[] out = column;
        int reach = kernel.reach();
        for (int x = 0; x < w; x++) {
            out[reach + x] += weight * in[at + x];
        }
    }

    private void mirrorEnds(int w) {
        int reach = kernel.reach();
        for (int i = 1; i <= reach; i++) {
            column[reach - i] = column[reach + mirror(-i, w)];
            column[reach + w - 1 + i] = column[reach + mirror(w - 1 + i, w)];
        }
    }

    private void along(int w) {
        int scale = traits.scale();
        float[] in = column;
        float[] sum = phase;
        float[] out = row;
        for (int p = 0; p < scale; p++) {
            float[] weights = phases.weights(p);
            int first = phases.first(p) + kernel.reach();
            float weight = weights[0];
            for (int x = 0; x < w; x++) {
                sum[x] = weight * in[first + x];
            }
            for (int t = 1; t < weights.length; t++) {
                float next = weights[t];
                int at = first + t;
                for (int x = 0; x < w; x++) {
                    sum[x] += next * in[at + x];
                }
            }
            for (int x = 0, o = p; x < w; x++, o += scale) {
                out[o] = sum[x];
            }
        }
    }

    /** Half-sample symmetric: -1 is 0, n is n - 1, and so on for ever, since pictures may be one pixel wide. */
    static int mirror(int index, int n) {
        int i = Math.floorMod(index, 2 * n);
        return i < n ? i : 2 * n - 1 - i;
    }
}
