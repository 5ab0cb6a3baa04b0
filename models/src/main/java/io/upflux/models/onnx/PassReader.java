package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.pipeline.StreamException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that a graph takes and gives what its metadata says and its pass demands. */
record PassReader(OnnxFile file, Declaration declared, Pass pass) {
    private static final String INPUT = "lr";
    private static final String OUTPUT = "hr";
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int INT64 = 7;

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
        GraphCheck picture = GraphCheck.of(file, input(INPUT), output(first ? PassGraph.FEATURES : OUTPUT));
        boolean lists = blocks > 0 && (pass == Pass.BODY || first);
        List<String> gather = lists ? gather(blocks) : List.of();
        Tensor context = last ? null : context();
        switch (pass) {
            case KEY -> {
                if (blocks > 1) {
                    typed(output(PassGraph.CONFIDENCE), FLOAT, 4);
                }
            }
            case HALTING -> {
                if (blocks == 0) {
                    throw contradiction("pass", pass, "its metadata states no upflux.blocks that could halt");
                }
                typed(input(PassGraph.THRESHOLD), FLOAT, 0);
                typed(output(PassGraph.DEPTH), INT32, 3);
            }
            default -> {
                if (lists) {
                    gather.forEach(name -> typed(input(name), INT64, 1));
                    typed(input(PassGraph.ASSEMBLE), INT64, 1);
                }
            }
        }
        if (pass.atEdge()) {
            typed(input(PassGraph.INSIDE), FLOAT, 4);
        }
        nothingElse(context, gather, lists, last);
        return new PassGraph(file, declared, pass, picture, context, gather, features, window, blocks);
    }

    private @Nullable Tensor features(int blocks) {
        OnnxGraph graph = file.graph();
        boolean taken = pass.enlargesWindows();
        Tensor features = taken ? graph.input(PassGraph.FEATURES) : graph.output(PassGraph.FEATURES);
        if (features == null) {
            if (pass.makesFeatures()) {
                throw contradiction("pass", pass, "its graph has no output '" + PassGraph.FEATURES + "'");
            }
            if (pass.atEdge()) {
                throw contradiction("pass", pass, "its graph has no input '" + PassGraph.FEATURES + "'");
            }
            if (taken && blocks > 0) {
                throw contradiction(
                        "blocks",
                        blocks,
                        "its graph has no input '" + PassGraph.FEATURES + "' that blocks could have made");
            }
            return null;
        }
        typed(features, FLOAT, 4);
        if (features.sides().size() != 4 || !features.sides().get(3).fixed()) {
            throw new StreamException(file.label() + ": its '" + PassGraph.FEATURES + "' are " + sides(features)
                    + "; they must have a fixed last side, the numbers of each pixel");
        }
        if (taken && declared.reach() == null) {
            throw contradiction(
                    "pass", pass, "its metadata states no upflux.reach that it eats of '" + PassGraph.FEATURES + "'");
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
            known.add(PassGraph.ASSEMBLE);
        }
        if (pass == Pass.HALTING) {
            known.add(PassGraph.THRESHOLD);
        }
        if (last) {
            known.add(PassGraph.FEATURES);
        }
        if (pass.atEdge()) {
            known.add(PassGraph.INSIDE);
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
        if (tensor.elementType() != type || (tensor.ranked() && tensor.sides().size() != sides)) {
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
