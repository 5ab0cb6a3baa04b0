package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import io.upflux.models.onnx.Contract.Range;
import io.upflux.models.onnx.Contract.Size;
import io.upflux.models.onnx.ProbeSession.Picture;
import io.upflux.pipeline.StreamException;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Finds out by running a model what its file does not say. */
final class Prober {
    /** Used when the output depends on more than {@link #reach} can see, as with global pooling. */
    static final int CONSERVATIVE_HALO = 32;

    /** Between them multiples of every usual window and stride. */
    private static final int[] SIDES = {64, 96, 192};

    /** Side of the picture in which the reach is measured, where the model does not fix it. */
    private static final int REACH_SIDE = 112;

    /** Change, as a share of white, below which a pixel counts as untouched: a fortieth of a code value. */
    private static final float UNTOUCHED = 1e-4f;

    private final String label;
    private final GraphCheck graph;
    private final ProbeSession session;
    private final int channels;
    private final Size base;
    private final int scale;

    private Prober(String label, GraphCheck graph, ProbeSession session, Picture input, Picture output) {
        this.label = label;
        this.graph = graph;
        this.session = session;
        this.channels = input.channels();
        this.base = new Size(input.width(), input.height());
        this.scale = scale(label, input, output);
    }

    /**
     * Runs once at the first size the model accepts.
     *
     * @param wanted a size known to be right, or null
     * @throws OrtException when it runs at none
     * @throws StreamException when what comes out is no enlarged picture
     */
    static Prober start(String label, GraphCheck graph, ProbeSession session, @Nullable Size wanted)
            throws OrtException {
        int[] channels = graph.channels() == 0 ? new int[] {3, 1} : new int[] {graph.channels()};
        Size only = graph.tile() != null ? graph.tile() : wanted;
        int[] sides = only != null ? new int[] {0} : SIDES;
        OrtException first = null;
        for (int c : channels) {
            for (int side : sides) {
                int width = only != null ? only.width() : side;
                int height = only != null ? only.height() : side;
                Picture input = grey(c, width, height, 0.5f);
                try {
                    return new Prober(label, graph, session, input, session.run(input));
                } catch (OrtException e) {
                    first = first == null ? e : first;
                }
            }
        }
        if (first == null) {
            throw new IllegalStateException("nothing to try");
        }
        throw first;
    }

    int channels() {
        return channels;
    }

    /** A picture of the base size in which no two neighbours are alike. */
    Picture detailed(Range range) {
        return noise(base, range, new Random(1));
    }

    int scale() {
        return scale;
    }

    /** Smallest step of sizes that it accepts: the base size runs, and so must the base size plus the step. */
    int align() {
        if (graph.tile() != null) {
            return 1;
        }
        for (int step = 1; step < base.width(); step++) {
            if (base.width() % step == 0 && base.height() % step == 0 && enlarges(step)) {
                return step;
            }
        }
        return base.width();
    }

    /**
     * Whether white is 1 or 255: the range in which flat grey stays grey more nearly; null when neither does.
     *
     * @throws StreamException when the model fails on flat grey
     */
    @Nullable
    Range range() {
        double unit = deviation(Range.UNIT);
        double bytes = deviation(Range.BYTE);
        if (Math.min(unit, bytes) > 0.2) {
            return null;
        }
        // Many networks of range 1 work about as well at 255, where their biases no longer count, but not vice versa.
        return unit <= 0.1 || unit <= 1.5 * bytes ? Range.UNIT : Range.BYTE;
    }

    /**
     * How far, in LR pixels, a change of the input shows in the output; -1 when as far as can be seen.
     *
     * @param align the model's
     */
    int reach(int align, Range range) {
        int side = (REACH_SIDE + align - 1) / align * align;
        Size size = graph.tile() != null ? graph.tile() : new Size(side, side);
        int farthest = 0;
        for (int seed = 1; seed <= 2; seed++) {
            Picture before = noise(size, range, new Random(seed));
            Picture after = noise(size, range, new Random(seed));
            // A block, not a pixel: one pixel may leave every rectifier where it was.
            int left = size.width() / 2 - 3;
            int top = size.height() / 2 - 3;
            int right = Math.min(size.width(), left + 5);
            int bottom = Math.min(size.height(), top + 5);
            for (int c = 0; c < channels; c++) {
                for (int y = Math.max(0, top); y < bottom; y++) {
                    for (int x = Math.max(0, left); x < right; x++) {
                        int i = (c * size.height() + y) * size.width() + x;
                        after.samples()[i] = range.white() - after.samples()[i];
                    }
                }
            }
            int reach = changed(run(before), run(after), range, left, top, right, bottom);
            int visible = Math.min(Math.min(left, top), Math.min(size.width() - right, size.height() - bottom));
            if (reach >= visible) {
                return -1;
            }
            farthest = Math.max(farthest, reach);
        }
        return farthest;
    }

    private int changed(Picture a, Picture b, Range range, int left, int top, int right, int bottom) {
        int reach = 0;
        float untouched = UNTOUCHED * range.white();
        for (int i = 0; i < a.samples().length; i++) {
            if (Math.abs(a.samples()[i] - b.samples()[i]) > untouched) {
                int x = i % a.width() / scale;
                int y = i / a.width() % a.height() / scale;
                int across = Math.max(left - x, x - right + 1);
                int down = Math.max(top - y, y - bottom + 1);
                reach = Math.max(reach, Math.max(across, down));
            }
        }
        return reach;
    }

    private boolean enlarges(int step) {
        // Sides of different parity of steps, so that neither hides behind the other.
        Picture input = grey(channels, base.width() + step, base.height() + 2 * step, 0.5f);
        try {
            Picture output = session.run(input);
            return output.width() == scale * input.width()
                    && output.height() == scale * input.height()
                    && output.channels() == channels;
        } catch (OrtException e) {
            return false;
        }
    }

    private double deviation(Range range) {
        float grey = range.white() / 2;
        Picture output = run(grey(channels, base.width(), base.height(), grey));
        int w = output.width();
        int h = output.height();
        double sum = 0;
        int count = 0;
        // The middle only: borders are padded with black.
        for (int c = 0; c < channels; c++) {
            for (int y = 3 * h / 8; y < 5 * h / 8; y++) {
                for (int x = 3 * w / 8; x < 5 * w / 8; x++) {
                    sum += Math.abs(output.samples()[(c * h + y) * w + x] - grey);
                    count++;
                }
            }
        }
        double relative = sum / count / grey;
        return Double.isFinite(relative) ? relative : Double.MAX_VALUE;
    }

    private Picture run(Picture input) {
        try {
            return session.run(input);
        } catch (OrtException e) {
            throw new StreamException(label + ": fails on a probe picture: " + Ort.reason(e), e);
        }
    }

    private Picture noise(Size size, Range range, Random random) {
        Picture picture = Picture.of(channels, size.width(), size.height());
        for (int i = 0; i < picture.samples().length; i++) {
            picture.samples()[i] = range.white() * random.nextFloat();
        }
        return picture;
    }

    private static Picture grey(int channels, int width, int height, float value) {
        Picture picture = Picture.of(channels, width, height);
        Arrays.fill(picture.samples(), value);
        return picture;
    }

    private static int scale(String label, Picture input, Picture output) {
        String sizes =
                "makes " + output.width() + "x" + output.height() + " of " + input.width() + "x" + input.height();
        if (output.channels() != input.channels()) {
            throw new StreamException(label + ": is no super-resolution model: takes " + input.channels()
                    + " channels and returns " + output.channels());
        }
        int scale = output.width() / input.width();
        if (scale * input.width() != output.width() || scale < 1) {
            throw new StreamException(label + ": " + sizes + "; only whole-number scales can be used");
        }
        if (scale * input.height() != output.height()) {
            throw new StreamException(label + ": " + sizes + "; only one scale for both directions can be used");
        }
        return scale;
    }
}
