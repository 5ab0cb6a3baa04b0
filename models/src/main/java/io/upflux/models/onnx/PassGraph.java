package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.pipeline.StreamException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One graph of a model, after a check that it takes and gives what its metadata says and its pass demands.
 *
 * @param picture what goes in and comes out in any pass; of a first stage, the features come out
 * @param context what it gives (key, halting) or takes (body, features); null without
 * @param features what it gives (key, body, halting, features) or takes (windows) of a network in two stages; null
 *     without
 * @param gather inputs for the rows that go on into block 2, 3, ...; empty when it takes none
 * @param window side of a window in LR pixels, 0 without
 * @param blocks that may halt, 0 without
 */
record PassGraph(
        OnnxFile file,
        Declaration declared,
        Pass pass,
        GraphCheck picture,
        @Nullable Tensor context,
        List<String> gather,
        @Nullable Tensor features,
        int window,
        int blocks) {
    static final String FEATURES = "features";
    static final String INSIDE = "inside";
    static final String ASSEMBLE = "assemble";
    static final String THRESHOLD = "threshold";
    static final String DEPTH = "depth";
    static final String CONFIDENCE = "confidence";

    /** Of a network without windows; where change is looked for in squares of this size, others would be wasted. */
    private static final int SQUARE = 8;

    /**
     * Reads the graph that leads a model.
     *
     * @throws StreamException in one line, when it leads none, is none that Upflux runs, or contradicts its metadata
     */
    static PassGraph leading(OnnxFile file) {
        Declaration declared = MetadataReader.read(file.label(), file.graph().metadata());
        Pass pass = declared.pass() == null ? Pass.PLAIN : declared.pass();
        if (!pass.leads()) {
            throw new StreamException(file.label() + ": is the " + pass
                    + " graph of a model, which is not run on its own; name the model's main file, "
                    + leader(file.label(), pass));
        }
        return new PassReader(file, declared, pass).checked();
    }

    /**
     * Reads one that lies beside it.
     *
     * @param pass that its name tells
     * @throws StreamException as for {@link #leading}
     */
    static PassGraph companion(OnnxFile file, Pass pass) {
        Declaration declared = MetadataReader.read(file.label(), file.graph().metadata());
        if (declared.pass() != pass) {
            throw new StreamException(file.label() + ": its name says that it is a " + pass
                    + " graph, but its metadata says upflux.pass = "
                    + (declared.pass() == null ? "nothing" : declared.pass()));
        }
        return new PassReader(file, declared, pass).checked();
    }

    private static String leader(String label, Pass pass) {
        String stem = label.endsWith(pass.suffix())
                ? label.substring(0, label.length() - pass.suffix().length())
                : "NAME";
        return stem + Pass.KEY.suffix();
    }

    /** Whether it is told which windows pass through which blocks. */
    boolean takesLists() {
        return (pass == Pass.BODY || pass.makesFeatures()) && blocks > 0;
    }

    /** Whether it is one of two stages. */
    boolean staged() {
        return pass.shrinks() && features != null;
    }

    /** Whether it gives features beside a picture, which it may do without. */
    boolean remembers() {
        return features != null && !pass.shrinks();
    }

    /** LR pixels around a square of which it is told whether they are of the picture. */
    int around() {
        return Math.max(margin(), reach());
    }

    /** Side of the squares that the first stage computes: its windows, where it has any. */
    int square() {
        return window > 0 ? window : SQUARE;
    }

    /** Numbers that features hold for each pixel. */
    int featureChannels() {
        return (int) Objects.requireNonNull(features, "features").sides().get(3).length();
    }

    /** LR pixels that it eats on each side, 0 unless its convolutions shrink. */
    int margin() {
        return declared.margin() == null ? 0 : declared.margin();
    }

    /** Pixels of features that it eats on each side, 0 unless it is the last of two stages. */
    int reach() {
        return declared.reach() == null ? 0 : declared.reach();
    }

    /** Windows in a batch of inputs, whose sides include the margin. */
    int windows(int batch, int width, int height) {
        return batch * ((width - 2 * margin()) / window) * ((height - 2 * margin()) / window);
    }

    /** Sides of the context. */
    long[] contextSides() {
        return Objects.requireNonNull(context, "context").sides().stream()
                .mapToLong(Side::length)
                .toArray();
    }

    /**
     * The arithmetic, for people. ONNX Runtime computes float16 graphs in float32 on x86 processors, and between roundings to
     * 8 bits in float32 on a GPU.
     */
    String precision(Provider provider) {
        if (provider.onGpu()) {
            return GpuOptions.standard().inHalf(this) ? "fp16" : "fp32";
        }
        return file.graph().eightBits() ? "int8" : "fp32";
    }

    String label() {
        return file.label();
    }
}
