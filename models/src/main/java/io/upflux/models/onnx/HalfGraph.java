package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph rewritten so that it computes in float16: weights stay as they are stored instead of being widened, constants are
 * narrowed, and what goes in and out is cast on the device. Inputs and outputs stay float32, since converting them is work
 * that a GPU does at once and Java does sample by sample. Field numbers are those of {@code onnx.proto}.
 */
final class HalfGraph {
    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;
    private static final String SUFFIX = "/half";

    private final Set<String> inputs = new HashSet<>();
    private final Set<String> outputs = new HashSet<>();

    private HalfGraph(OnnxGraph graph) {
        floats(graph.inputs(), inputs);
        floats(graph.outputs(), outputs);
    }

    private static void floats(List<Tensor> tensors, Set<String> to) {
        tensors.stream().filter(t -> t.elementType() == FLOAT).map(Tensor::name).forEach(to::add);
    }

    /** Whether it is one that Upflux exported in single precision: those are known to lose nothing that can be seen. */
    static boolean suits(OnnxGraph graph) {
        return graph.metadata().containsKey(MetadataReader.PREFIX + "weights")
                && !graph.halfArithmetic()
                && !graph.eightBits()
                && graph.externals().stream().allMatch(external -> external.elementType() == FLOAT16);
    }

    /** @param file whose graph {@link #suits} */
    static byte[] of(OnnxFile file) {
        HalfGraph half = new HalfGraph(file.graph());
        ProtoWriter model = new ProtoWriter();
        ProtoReader from = new ProtoReader(file.bytes());
        while (from.next()) {
            if (from.field() == 7) {
                model.message(7, half.graph(from.message()));
            } else {
                model.copy(from);
            }
        }
        return model.toBytes();
    }

    private ProtoWriter graph(ProtoReader from) {
        ProtoWriter graph = new ProtoWriter();
        inputs.forEach(name -> graph.message(1, cast(name, name + SUFFIX, FLOAT16)));
        while (from.next()) {
            switch (from.field()) {
                case 1 -> graph.message(1, node(from));
                case 5 -> graph.message(5, initialiser(from));
                case 13 -> {
                    // Types of what is between, which are no longer true.
                }
                default -> graph.copy(from);
            }
        }
        outputs.forEach(name -> graph.message(1, cast(name + SUFFIX, name, FLOAT)));
        return graph;
    }

    private ProtoWriter node(ProtoReader from) {
        boolean casts = false;
        for (ProtoReader look = from.message(); look.next(); ) {
            casts |= look.field() == 4 && look.text().equals("Cast");
        }
        ProtoWriter node = new ProtoWriter();
        for (ProtoReader in = from.message(); in.next(); ) {
            if (in.field() == 1 || in.field() == 2) {
                node.text(in.field(), renamed(in.text()));
            } else if (in.field() == 5 && casts) {
                node.message(5, castTo(in.message()));
            } else {
                node.copy(in);
            }
        }
        return node;
    }

    private String renamed(String name) {
        return inputs.contains(name) || outputs.contains(name) ? name + SUFFIX : name;
    }

    private static ProtoWriter castTo(ProtoReader from) {
        ProtoWriter attribute = new ProtoWriter();
        while (from.next()) {
            if (from.field() == 3 && from.number() == FLOAT) {
                attribute.number(3, FLOAT16);
            } else {
                attribute.copy(from);
            }
        }
        return attribute;
    }

    private static ProtoWriter cast(String from, String to, int type) {
        ProtoWriter attribute = new ProtoWriter().text(1, "to").number(3, type).number(20, 2);
        return new ProtoWriter().text(1, from).text(2, to).text(4, "Cast").message(5, attribute);
    }

    private static ProtoWriter initialiser(ProtoReader from) {
        boolean single = false;
        for (ProtoReader look = from.message(); look.next(); ) {
            single |= look.field() == 2 && look.number() == FLOAT;
        }
        ProtoWriter tensor = new ProtoWriter();
        for (ProtoReader in = from.message(); in.next(); ) {
            if (single && in.field() == 2) {
                tensor.number(2, FLOAT16);
            } else if (single && in.field() == 9) {
                tensor.bytes(9, narrowed(in.bytes()));
            } else {
                tensor.copy(in);
            }
        }
        return tensor;
    }

    private static byte[] narrowed(ByteBuffer raw) {
        ByteBuffer from = raw.order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocate(from.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            to.putShort(HalfFloats.fromFloat(from.getFloat()));
        }
        return to.array();
    }
}
