package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.pipeline.StreamException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

    private static final String INPUT = "lr";
    private static final String OUTPUT = "hr";
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int INT64 = 7;

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
        return new Reading(file, declared, pass).checked();
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
        return new Reading(file, declared, pass).checked();
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

    String label() {
        return file.label();
    }

    private record Reading(OnnxFile file, Declaration declared, Pass pass) {
        PassGraph checked() {
            int window = declared.window() == null ? 0 : declared.window();
            int blocks = declared.blocks() == null ? 0 : declared.blocks();
            if (pass == Pass.PLAIN) {
                // Anybody's graph may have such an output; only a contract says what it is.
                Tensor between = declared.pass() == null ? null : features(blocks);
                GraphCheck picture =
                        between == null ? GraphCheck.of(file) : GraphCheck.of(file, input(INPUT), output(OUTPUT));
                return new PassGraph(file, declared, pass, picture, null, List.of(), between, window, blocks);
            }
            if (blocks > 0 && window == 0) {
                throw contradiction("blocks", blocks, "its metadata states no upflux.window that they work on");
            }
            Integer align = declared.align();
            if (window > 0 && align != null && align % window != 0) {
                throw contradiction(
                        "align", align, "its windows of " + window + " pixels do not fit into multiples of that");
            }
            if (pass.shrinks() && declared.margin() == null) {
                throw contradiction("pass", pass, "its metadata states no upflux.margin that such a graph eats");
            }
            Tensor features = features(blocks);
            boolean first = pass.makesFeatures();
            boolean last = pass.enlargesWindows() && features != null;
            GraphCheck picture = GraphCheck.of(file, input(INPUT), output(first ? FEATURES : OUTPUT));
            boolean lists = blocks > 0 && (pass == Pass.BODY || first);
            List<String> gather = lists ? gather(blocks) : List.of();
            Tensor context = last ? null : context();
            switch (pass) {
                case KEY -> {
                    if (blocks > 1) {
                        typed(output(CONFIDENCE), FLOAT, 4);
                    }
                }
                case HALTING -> {
                    if (blocks == 0) {
                        throw contradiction("pass", pass, "its metadata states no upflux.blocks that could halt");
                    }
                    typed(input(THRESHOLD), FLOAT, 0);
                    typed(output(DEPTH), INT32, 3);
                }
                default -> {
                    if (lists) {
                        gather.forEach(name -> typed(input(name), INT64, 1));
                        typed(input(ASSEMBLE), INT64, 1);
                    }
                }
            }
            if (pass.atEdge()) {
                typed(input(INSIDE), FLOAT, 4);
            }
            nothingElse(context, gather, lists, last);
            return new PassGraph(file, declared, pass, picture, context, gather, features, window, blocks);
        }

        private @Nullable Tensor features(int blocks) {
            OnnxGraph graph = file.graph();
            boolean taken = pass.enlargesWindows();
            Tensor features = taken ? graph.input(FEATURES) : graph.output(FEATURES);
            if (features == null) {
                if (pass.makesFeatures()) {
                    throw contradiction("pass", pass, "its graph has no output '" + FEATURES + "'");
                }
                if (pass.atEdge()) {
                    throw contradiction("pass", pass, "its graph has no input '" + FEATURES + "'");
                }
                if (taken && blocks > 0) {
                    throw contradiction(
                            "blocks", blocks, "its graph has no input '" + FEATURES + "' that blocks could have made");
                }
                return null;
            }
            typed(features, FLOAT, 4);
            if (features.sides().size() != 4 || !features.sides().get(3).fixed()) {
                throw new StreamException(file.label() + ": its '" + FEATURES + "' are " + sides(features)
                        + "; they must have a fixed last side, the numbers of each pixel");
            }
            if (taken && declared.reach() == null) {
                throw contradiction(
                        "pass", pass, "its metadata states no upflux.reach that it eats of '" + FEATURES + "'");
            }
            return features;
        }

        private List<String> gather(int blocks) {
            if (declared.gather().size() != blocks - 1) {
                throw new StreamException(file.label() + ": its metadata says upflux.blocks = " + blocks + " but lists "
                        + declared.gather().size() + " gather inputs, where there must be one for each block but the"
                        + " first");
            }
            return declared.gather();
        }

        private @Nullable Tensor context() {
            String name = declared.context();
            if (name == null) {
                if (pass == Pass.KEY || pass == Pass.BODY) {
                    throw contradiction("pass", pass, "its metadata names no upflux.context");
                }
                return null;
            }
            if (pass == Pass.HALTING && file.graph().output(name) == null) {
                return null;
            }
            Tensor context = pass.looks() ? output(name) : input(name);
            typed(context, FLOAT, context.sides().size());
            boolean fixed = context.sides().stream().allMatch(Side::fixed);
            if (!fixed || context.sides().isEmpty() || context.sides().get(0).length() != 1) {
                throw new StreamException(file.label() + ": its context '" + name + "' is " + sides(context)
                        + "; it must have a fixed shape whose first side is 1");
            }
            return context;
        }

        private void nothingElse(@Nullable Tensor context, List<String> gather, boolean lists, boolean last) {
            Set<String> known = new HashSet<>(gather);
            known.add(INPUT);
            if (context != null && !pass.looks()) {
                known.add(context.name());
            }
            if (lists) {
                known.add(ASSEMBLE);
            }
            if (pass == Pass.HALTING) {
                known.add(THRESHOLD);
            }
            if (last) {
                known.add(FEATURES);
            }
            if (pass.atEdge()) {
                known.add(INSIDE);
            }
            for (Tensor input : file.graph().inputs()) {
                if (!known.contains(input.name())) {
                    throw contradiction("pass", pass, "its graph also wants an input '" + input.name() + "'");
                }
            }
        }

        private Tensor input(String name) {
            Tensor tensor = file.graph().input(name);
            if (tensor == null) {
                throw contradiction("pass", pass, "its graph has no input '" + name + "'");
            }
            return tensor;
        }

        private Tensor output(String name) {
            Tensor tensor = file.graph().output(name);
            if (tensor == null) {
                throw contradiction("pass", pass, "its graph has no output '" + name + "'");
            }
            return tensor;
        }

        private void typed(Tensor tensor, int type, int sides) {
            if (tensor.elementType() != type
                    || (tensor.ranked() && tensor.sides().size() != sides)) {
                throw contradiction(
                        "pass",
                        pass,
                        "'" + tensor.name() + "' of its graph is " + GraphCheck.type(tensor) + " " + sides(tensor));
            }
        }

        private static String sides(Tensor tensor) {
            return "["
                    + String.join(
                            ", ",
                            tensor.sides().stream()
                                    .map(side -> side.fixed() ? Long.toString(side.length()) : "free")
                                    .toList())
                    + "]";
        }

        private StreamException contradiction(String key, Object said, String found) {
            return new StreamException(
                    file.label() + ": its metadata says upflux." + key + " = " + said + ", but " + found);
        }
    }
}
