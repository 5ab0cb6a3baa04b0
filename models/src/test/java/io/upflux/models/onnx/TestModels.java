package io.upflux.models.onnx;

import java.util.Map;

/** Models small enough to know by heart. */
public final class TestModels {
    private static final String[] FREE = {"n", "h", "w"};

    private TestModels() {}

    /** Every pixel {@code scale} times {@code scale} times: local to the pixel itself. */
    public static OnnxBuilder nearest(int scale) {
        return nearest(3, scale, OnnxBuilder.FLOAT, FREE[0], FREE[1], FREE[2]);
    }

    public static OnnxBuilder nearest(int channels, int scale, int type, Object n, Object h, Object w) {
        long[] repeat = new long[channels * scale * scale];
        for (int i = 0; i < repeat.length; i++) {
            repeat[i] = i / (scale * scale);
        }
        return new OnnxBuilder()
                .input("lr", type, n, channels, h, w)
                .output("hr", type, n, channels, "", "")
                .longs("repeat", repeat)
                .node("Gather", "lr repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /**
     * A box blur of {@code 2 * reach + 1} pixels, then nearest: reaches exactly that far. Zero-padded, so that borders
     * darken as they do in trained networks.
     */
    public static OnnxBuilder blur(int scale, int reach) {
        return blur(scale, reach, FREE[0], FREE[1], FREE[2]);
    }

    public static OnnxBuilder blur(int scale, int reach, Object n, Object h, Object w) {
        return blur(scale, reach, reach, 1, n, h, w);
    }

    /** The blur times a gain, which shrinks the picture by what it reaches, on each side. */
    public static OnnxBuilder valid(int scale, int reach, float gain) {
        return blur(scale, reach, 0, gain, FREE[0], FREE[1], FREE[2]);
    }

    private static OnnxBuilder blur(int scale, int reach, long pad, float gain, Object n, Object h, Object w) {
        int side = 2 * reach + 1;
        int area = side * side;
        int outputs = 3 * scale * scale;
        float[] weights = new float[outputs * 3 * area];
        for (int o = 0; o < outputs; o++) {
            int from = o / (scale * scale);
            for (int i = 0; i < area; i++) {
                weights[(o * 3 + from) * area + i] = gain / area;
            }
        }
        return new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, n, 3, h, w)
                .output("hr", OnnxBuilder.FLOAT, n, 3, "", "")
                .floats("weights", weights, outputs, 3, side, side)
                .node("Conv", "lr weights", "wide", Map.of("pads", new long[] {pad, pad, pad, pad}))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /** Adds the picture's mean to every pixel's half: depends on everything. */
    public static OnnxBuilder pooled(int scale) {
        return new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "")
                .floats("half", new float[] {0.5f}, 1)
                .longs("repeat", repeat(scale))
                .node("GlobalAveragePool", "lr", "mean", Map.of())
                .node("Add", "lr mean", "sum", Map.of())
                .node("Mul", "sum half", "mixed", Map.of())
                .node("Gather", "mixed repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /** Nearest for sides that are multiples of {@code step} only: folds the picture and unfolds it again. */
    public static OnnxBuilder stepped(int scale, int step) {
        return new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "")
                .longs("repeat", repeat(scale))
                .node("SpaceToDepth", "lr", "folded", Map.of("blocksize", step))
                .node("DepthToSpace", "folded", "same", Map.of("blocksize", step))
                .node("Gather", "same repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /** Nearest whose inference fails for wider tiles, as for want of memory: it looks the width up in a list that ends. */
    public static OnnxBuilder narrow(int scale, int widest) {
        return new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "")
                .longs("repeat", repeat(scale))
                .longs("across", 3)
                .floats("zero", new float[1], 1)
                .floats("list", new float[widest + 1], widest + 1)
                .node("Shape", "lr", "shape", Map.of())
                .node("Gather", "shape across", "width", Map.of("axis", 0))
                // By the picture, too, or that would show before anything is run.
                .node("ReduceMax", "lr", "peak", Map.of("keepdims", 0))
                .node("Mul", "peak zero", "nought", Map.of())
                .node("Cast", "nought", "none", Map.of("to", OnnxBuilder.INT64))
                .node("Add", "width none", "place", Map.of())
                .node("Gather", "list place", "nothing", Map.of("axis", 0))
                .node("Add", "lr nothing", "same", Map.of())
                .node("Gather", "same repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /** Nearest that clips to the legal range of 8-bit video: works on samples of 0 to 255 only. */
    public static OnnxBuilder bytes(int scale) {
        return new OnnxBuilder()
                .input("lr", OnnxBuilder.FLOAT, "n", 3, "h", "w")
                .output("hr", OnnxBuilder.FLOAT, "n", 3, "", "")
                .longs("repeat", repeat(scale))
                .floats("black", new float[] {16})
                .floats("white", new float[] {255})
                .node("Clip", "lr black white", "clipped", Map.of())
                .node("Gather", "clipped repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", scale, "mode", "CRD"));
    }

    /** All that the contract wants, for a model of {@link #nearest} or the like. */
    public static OnnxBuilder declare(OnnxBuilder model, int scale, int halo) {
        return model.metadata("upflux.network", "test")
                .metadata("upflux.scale", Integer.toString(scale))
                .metadata("upflux.pass", "plain")
                .metadata("upflux.format", "rgb_f32")
                .metadata("upflux.range", "unit")
                .metadata("upflux.align", "1")
                .metadata("upflux.tile", "free")
                .metadata("upflux.batch", "free")
                .metadata("upflux.halo", Integer.toString(halo))
                .metadata("upflux.psnr", "{\"set5\": 30.5}")
                .metadata("upflux.state", "preview");
    }

    private static long[] repeat(int scale) {
        long[] repeat = new long[3 * scale * scale];
        for (int i = 0; i < repeat.length; i++) {
            repeat[i] = i / (scale * scale);
        }
        return repeat;
    }
}
