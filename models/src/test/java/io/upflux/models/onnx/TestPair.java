package io.upflux.models.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A network that sees the whole picture and yet is known by heart, as all its files. Enlarges twice:
 *
 * <pre>{@code hr = nearest(blur(lr) + depth * gain * mean(lr))}</pre>
 *
 * <p>The blur covers 3x3 pixels, zero-padded; the context is the mean of each channel; each of three blocks adds the
 * context times a gain to windows of 2x2 pixels; confidences are the window's mean red and mean green. Gain and blur
 * are the weights, float16 in one file. Of the two stages the first makes all but the enlargement, and the last is given
 * a pixel around that it does not need.
 */
public final class TestPair {
    public static final int SCALE = 2;
    public static final int WINDOW = 2;
    public static final int BLOCKS = 3;
    public static final float GAIN = 0.125f;

    private static final int FLOAT = OnnxBuilder.FLOAT;
    private static final int HALF = OnnxBuilder.FLOAT16;
    private static final int HEADER = 16;

    private final String name;
    private final byte[] weights = written();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    public TestPair(String name) {
        this.name = name;
        files.put(name + ".safetensors", weights);
        put(Pass.KEY, model -> model);
        put(Pass.BODY, model -> model);
        put(Pass.FEATURES, model -> model);
        put(Pass.WINDOWS, model -> model);
        put(Pass.HALTING, model -> model);
    }

    /** All files by name. */
    public Map<String, byte[]> files() {
        return files;
    }

    /** Adds graphs for the picture's edge. */
    public TestPair withEdges() {
        put(Pass.EDGE_FEATURES, model -> model);
        return put(Pass.EDGE_WINDOWS, model -> model);
    }

    byte[] weights() {
        return weights;
    }

    public ModelFiles open() {
        return ModelFiles.of(name, files::get);
    }

    /** Writes one graph anew, changed. */
    public TestPair put(Pass pass, UnaryOperator<OnnxBuilder> change) {
        files.put(name + pass.suffix(), change.apply(graph(pass, true)).build());
        return this;
    }

    /** Writes one graph anew, which keeps its features to itself. */
    public TestPair withoutFeatures(Pass pass) {
        files.put(name + pass.suffix(), graph(pass, false).build());
        return this;
    }

    /** Writes another graph in the place of one, with its metadata. */
    public TestPair put(Pass pass, OnnxBuilder other) {
        files.put(name + pass.suffix(), describe(other, pass).build());
        return this;
    }

    public TestPair without(String suffix) {
        files.remove(name + suffix);
        return this;
    }

    private OnnxBuilder graph(Pass pass, boolean features) {
        OnnxBuilder model = declare(pass);
        switch (pass) {
            case KEY -> key(model);
            case BODY, FEATURES, EDGE_FEATURES -> body(model);
            case WINDOWS, EDGE_WINDOWS -> last(model);
            default -> halting(model);
        }
        if (features && !pass.enlargesWindows()) {
            model.output("features", FLOAT, "batch", "", "", 3)
                    .node("DepthToSpace", "mixed", "joined", Map.of("blocksize", WINDOW, "mode", "DCR"))
                    .node("Transpose", "joined", "features", Map.of("perm", new long[] {0, 2, 3, 1}));
        }
        if (pass.makesFeatures()) {
            return model;
        }
        long[] repeat = new long[3 * SCALE * SCALE];
        for (int i = 0; i < repeat.length; i++) {
            repeat[i] = i / (SCALE * SCALE);
        }
        if (!pass.enlargesWindows()) {
            model.node("DepthToSpace", "mixed", "small", Map.of("blocksize", WINDOW, "mode", "DCR"));
        }
        return model.longs("repeat", repeat)
                .node("Gather", "small repeat", "wide", Map.of("axis", 1))
                .node("DepthToSpace", "wide", "hr", Map.of("blocksize", SCALE, "mode", "CRD"));
    }

    private static void key(OnnxBuilder model) {
        model.output("context", FLOAT, 1, 3, 1, 1)
                .output("confidence", FLOAT, "batch", BLOCKS - 1, "", "")
                .node("ReduceMean", "lr", "context", Map.of("axes", new long[] {0, 2, 3}))
                .floats("blocks", new float[] {BLOCKS}, 1);
        confidences(model);
        model.node("Concat", "red green", "confidence", Map.of("axis", 1));
        added(model, "context");
        model.node("Mul", "add blocks", "adds", Map.of()).node("Add", "folded adds", "mixed", Map.of());
    }

    private static void last(OnnxBuilder model) {
        model.input("features", FLOAT, "batch", "", "", 3)
                .longs("begin", 1, 1)
                .longs("end", -1, -1)
                .longs("axes", 1, 2)
                .node("Slice", "features begin end axes", "inner", Map.of())
                .node("Transpose", "inner", "small", Map.of("perm", new long[] {0, 3, 1, 2}));
    }

    private static void body(OnnxBuilder model) {
        model.input("context", FLOAT, 1, 3, 1, 1);
        for (int block = 2; block <= BLOCKS; block++) {
            model.input("gather." + block, OnnxBuilder.INT64, "count." + block);
        }
        model.input("assemble", OnnxBuilder.INT64, "windows")
                .longs("rowsides", -1, 12)
                .longs("flat", 1, 12);
        added(model, "context");
        model.node("Reshape", "add flat", "rowadd", Map.of())
                .node("Transpose", "folded", "last", Map.of("perm", new long[] {0, 2, 3, 1}))
                .node("Shape", "last", "sides", Map.of())
                .node("Reshape", "last rowsides", "rows.0", Map.of())
                .node("Add", "rows.0 rowadd", "rows.1", Map.of());
        for (int block = 2; block <= BLOCKS; block++) {
            model.node("Gather", "rows." + (block - 1) + " gather." + block, "in." + block, Map.of("axis", 0))
                    .node("Add", "in." + block + " rowadd", "rows." + block, Map.of());
        }
        model.node("Concat", "rows.1 rows.2 rows.3", "versions", Map.of("axis", 0))
                .node("Gather", "versions assemble", "made", Map.of("axis", 0))
                .node("Reshape", "made sides", "placed", Map.of())
                .node("Transpose", "placed", "mixed", Map.of("perm", new long[] {0, 3, 1, 2}));
    }

    private static void halting(OnnxBuilder model) {
        model.input("threshold", FLOAT)
                .output("depth", OnnxBuilder.INT32, "batch", "", "")
                .output("context", FLOAT, 1, 3, 1, 1)
                .node("ReduceMean", "lr", "context", Map.of("axes", new long[] {2, 3}))
                .floats("one", new float[] {1}, 1)
                .longs("channel", 1);
        confidences(model);
        added(model, "context");
        model.node("Add", "red green", "sum", Map.of())
                .node("Less", "red threshold", "second", Map.of())
                .node("Less", "sum threshold", "third", Map.of())
                .node("Cast", "second", "secondF", Map.of("to", FLOAT))
                .node("Cast", "third", "thirdF", Map.of("to", FLOAT))
                .node("Add", "secondF thirdF", "more", Map.of())
                .node("Add", "more one", "depthF", Map.of())
                .node("Mul", "add depthF", "adds", Map.of())
                .node("Add", "folded adds", "mixed", Map.of())
                .node("Squeeze", "depthF channel", "depthS", Map.of())
                .node("Cast", "depthS", "depth", Map.of("to", OnnxBuilder.INT32));
    }

    /** What a block adds to each pixel, [1 or batch, 12, 1, 1]: four times the context's three channels. */
    private static void added(OnnxBuilder model, String context) {
        model.node("Mul", context + " gain", "each", Map.of())
                .longs("fourfold", 1, 4, 1, 1)
                .node("Tile", "each fourfold", "add", Map.of());
    }

    private static void confidences(OnnxBuilder model) {
        long[] two = {WINDOW, WINDOW};
        model.longs("first", 0)
                .longs("next", 1)
                .node("AveragePool", "lr", "means", Map.of("kernel_shape", two, "strides", two))
                .node("Gather", "means first", "red", Map.of("axis", 1))
                .node("Gather", "means next", "green", Map.of("axis", 1));
    }

    private OnnxBuilder describe(OnnxBuilder model, Pass pass) {
        TestModels.declare(model, SCALE, 1)
                .metadata("upflux.pass", pass.toString())
                .metadata("upflux.align", Integer.toString(WINDOW))
                .metadata("upflux.window", Integer.toString(WINDOW))
                .metadata("upflux.blocks", Integer.toString(BLOCKS))
                .metadata("upflux.context", "context")
                .metadata("upflux.weights", OnnxFile.sha256(ByteBuffer.wrap(weights)));
        if (pass == Pass.BODY || pass.makesFeatures()) {
            model.metadata("upflux.gather", "gather.2,gather.3");
        }
        if (pass.shrinks()) {
            model.metadata("upflux.margin", pass.makesFeatures() ? "1" : "0");
        }
        return pass.enlargesWindows() ? model.metadata("upflux.reach", "1") : model;
    }

    /** Metadata, picture in and out, and, but for the last stage, weights and blur. */
    private OnnxBuilder declare(Pass pass) {
        OnnxBuilder model = describe(new OnnxBuilder(), pass).input("lr", FLOAT, "batch", 3, "height", "width");
        if (pass.atEdge()) {
            model.input(PassGraph.INSIDE, FLOAT, "batch", 1, "inner", "across");
        }
        if (!pass.makesFeatures()) {
            model.output("hr", FLOAT, "batch", 3, "", "");
        }
        if (pass.enlargesWindows()) {
            return model;
        }
        if (pass.atEdge()) {
            model.node("Mul", "lr inside", "shown", Map.of());
        }
        String from = pass.atEdge() ? "shown" : "lr";
        long margin = pass.makesFeatures() ? 0 : 1;
        String file = name + ".safetensors";
        return model.external("gain.half", HALF, file, HEADER, 2, 1)
                .external("blur.half", HALF, file, HEADER + 2, 2 * 81, 3, 3, 3, 3)
                .node("Cast", "gain.half", "gain", Map.of("to", FLOAT))
                .node("Cast", "blur.half", "blur", Map.of("to", FLOAT))
                .node("Conv", from + " blur", "blurred", Map.of("pads", new long[] {margin, margin, margin, margin}))
                .node("SpaceToDepth", "blurred", "folded", Map.of("blocksize", WINDOW));
    }

    private static byte[] written() {
        byte[] header = "{}      ".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + 2 + 2 * 81).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).putShort(HalfFloats.fromFloat(GAIN));
        for (int i = 0; i < 81; i++) {
            boolean own = i / 27 == i / 9 % 3;
            bytes.putShort(HalfFloats.fromFloat(own ? 1 / 8f : 0));
        }
        return bytes.array();
    }
}
