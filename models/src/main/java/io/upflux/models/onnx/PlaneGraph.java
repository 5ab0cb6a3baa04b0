package io.upflux.models.onnx;

import io.upflux.colour.ColourKernels;
import io.upflux.colour.ColourKernels.Taps;
import io.upflux.models.onnx.PlaneCoding.Side;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A graph rewritten so that pictures go in and come out as planes of code values, of one shape: over the bus to a GPU go 12 MB
 * of a 3840x2160 picture instead of 100, and no processor converts them. In between are the nodes of {@link ColourKernels}, whose
 * numbers are inputs. Field numbers are those of {@code onnx.proto}.
 */
final class PlaneGraph {
    static final String LUMA = "planes/luma";
    static final String CHROMA = "planes/chroma";
    static final String LUMA_GAIN = "planes/luma_gain";
    static final String MIDDLE = "planes/middle";
    static final String WEIGHTS = "planes/weights";
    static final String BIAS = "planes/bias";
    static final String LUMA_MIX = "planes/luma_mix";
    static final String LUMA_OFFSET = "planes/luma_offset";
    static final String CHROMA_MIX = "planes/chroma_mix";
    static final String CHROMA_OFFSET = "planes/chroma_offset";
    static final String MOST = "planes/most";
    static final String LARGE_LUMA = "planes/large_luma";
    static final String LARGE_CHROMA = "planes/large_chroma";
    static final String SUMS = "planes/sums";

    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int INT16 = 5;
    private static final int INT64 = 7;
    private static final int FLOAT16 = 10;

    /** Earlier ones have other forms of Pad, Clip and ReduceSum. */
    private static final long LEAST_OPSET = 13;

    private static final long[] NOWHERE = {0, 0, 0, 0, 0, 0, 0, 0};

    private final GraphCheck network;
    private final PlaneCoding coding;
    private final TileShape shape;
    private final ProtoWriter before = new ProtoWriter();
    private final ProtoWriter after = new ProtoWriter();
    private final ProtoWriter ends = new ProtoWriter();

    private PlaneGraph(GraphCheck network, PlaneCoding coding, TileShape shape) {
        this.network = network;
        this.coding = coding;
        this.shape = shape;
    }

    /** Whether the graph's operators are new enough. */
    static boolean suits(OnnxFile file) {
        boolean suits = false;
        for (ProtoReader in = new ProtoReader(file.bytes()); in.next(); ) {
            if (in.field() == 8) {
                String domain = "";
                long version = 0;
                for (ProtoReader set = in.message(); set.next(); ) {
                    if (set.field() == 1) {
                        domain = set.text();
                    } else if (set.field() == 2) {
                        version = set.number();
                    }
                }
                if (domain.isEmpty() || domain.equals("ai.onnx")) {
                    suits = version >= LEAST_OPSET;
                }
            }
        }
        return suits;
    }

    /**
     * Rewrites a model.
     *
     * @param model whose graph {@link #suits}, or that graph in half precision
     * @param network its ends for pictures
     * @param shape of its input, which need not be its own
     */
    static byte[] of(ByteBuffer model, GraphCheck network, PlaneCoding coding, TileShape shape) {
        PlaneGraph planes = new PlaneGraph(network, coding, shape);
        ProtoWriter made = new ProtoWriter();
        for (ProtoReader in = new ProtoReader(model); in.next(); ) {
            if (in.field() == 7) {
                made.message(7, planes.graph(in.message()));
            } else {
                made.copy(in);
            }
        }
        return made.toBytes();
    }

    private ProtoWriter graph(ProtoReader from) {
        reading();
        writing();
        ProtoWriter graph = new ProtoWriter().raw(ByteBuffer.wrap(before.toBytes()));
        while (from.next()) {
            boolean end = from.field() == 11 && isNamed(from, network.input().name())
                    || from.field() == 12 && isNamed(from, network.output().name());
            if (!end) {
                graph.copy(from);
            }
        }
        return graph.raw(ByteBuffer.wrap(after.toBytes())).raw(ByteBuffer.wrap(ends.toBytes()));
    }

    private static boolean isNamed(ProtoReader value, String name) {
        for (ProtoReader look = value.message(); look.next(); ) {
            if (look.field() == 1) {
                return look.text().equals(name);
            }
        }
        return false;
    }

    /** Before the network. */
    private void reading() {
        Side side = coding.from();
        Taps taps = Taps.reading(side.shiftX(), side.shiftY());
        long phases = 3L << (side.shiftX() + side.shiftY());
        int type = side.wide() ? INT16 : UINT8;
        long batch = shape.batch();
        end(11, LUMA, type, side.luma(shape.batch(), shape.width(), shape.height()));
        end(11, CHROMA, type, side.chroma(shape.batch(), shape.width(), shape.height()));
        end(11, LUMA_GAIN, FLOAT);
        end(11, MIDDLE, FLOAT);
        end(11, WEIGHTS, FLOAT, phases, 2, taps.down(), taps.across());
        end(11, BIAS, FLOAT, phases);
        cast(before, LUMA, "planes/codes", FLOAT);
        node(before, "Mul", "planes/lights", "planes/codes", LUMA_GAIN);
        cast(before, CHROMA, "planes/chroma_codes", FLOAT);
        node(before, "Sub", "planes/differences", "planes/chroma_codes", MIDDLE);
        String around = padded(before, "planes/differences", taps);
        before.message(1, written("Conv", "planes/phases", around, WEIGHTS, BIAS));
        String colours = "planes/phases";
        if (side.shiftX() + side.shiftY() > 0) {
            long down = 1L << side.shiftY();
            long across = 1L << side.shiftX();
            long rows = shape.height() / down;
            long columns = shape.width() / across;
            reshape("planes/phases", "planes/apart", batch, 3, down, across, rows, columns);
            before.message(
                    1,
                    written("Transpose", "planes/woven", "planes/apart")
                            .message(5, integers("perm", 0, 1, 4, 2, 5, 3)));
            reshape("planes/woven", "planes/colours", batch, 3, shape.height(), shape.width());
            colours = "planes/colours";
        }
        String input = network.input().name();
        String sum = network.half() ? "planes/samples" : input;
        node(before, "Add", sum, colours, "planes/lights");
        if (network.half()) {
            cast(before, sum, input, FLOAT16);
        }
    }

    /** Behind it. */
    private void writing() {
        Side side = coding.to();
        Taps taps = Taps.writing(side.shiftX(), side.shiftY());
        int type = side.wide() ? INT16 : UINT8;
        int width = shape.width() * coding.scale();
        int height = shape.height() * coding.scale();
        end(11, LUMA_MIX, FLOAT, 1, 3, 1, 1);
        end(11, LUMA_OFFSET, FLOAT, 1);
        end(11, CHROMA_MIX, FLOAT, 2, 3, taps.down(), taps.across());
        end(11, CHROMA_OFFSET, FLOAT, 2);
        end(11, MOST, FLOAT);
        end(12, LARGE_LUMA, type, side.luma(shape.batch(), width, height));
        end(12, LARGE_CHROMA, type, side.chroma(shape.batch(), width, height));
        end(12, SUMS, FLOAT, shape.batch());
        String large = network.output().name();
        if (network.halfOutput()) {
            cast(after, large, "planes/large", FLOAT);
            large = "planes/large";
        }
        after.message(1, written("Conv", "planes/large_codes", large, LUMA_MIX, LUMA_OFFSET));
        ends.message(5, tensor("planes/least", FLOAT, new long[0], ByteBuffer.allocate(Float.BYTES)));
        constant("planes/all", new long[] {3}, 1, 2, 3);
        after.message(
                1,
                written("ReduceSum", SUMS, "planes/large_codes", "planes/all").message(5, integer("keepdims", 0)));
        codes("planes/large_codes", LARGE_LUMA, type);
        String around = padded(after, large, taps);
        long down = 1L << side.shiftY();
        long across = 1L << side.shiftX();
        after.message(
                1,
                written("Conv", "planes/large_chroma_codes", around, CHROMA_MIX, CHROMA_OFFSET)
                        .message(5, integers("strides", down, across)));
        codes("planes/large_chroma_codes", LARGE_CHROMA, type);
    }

    /** Rounded and clipped. */
    private void codes(String from, String to, int type) {
        node(after, "Round", to + "/whole", from);
        node(after, "Clip", to + "/clipped", to + "/whole", "planes/least", MOST);
        cast(after, to + "/clipped", to, type);
    }

    /** What lies around a picture repeats its edge. */
    private String padded(ProtoWriter to, String from, Taps taps) {
        long[] pads = NOWHERE.clone();
        pads[2] = taps.above();
        pads[6] = taps.above();
        pads[3] = taps.before();
        pads[7] = taps.before();
        if (Arrays.equals(pads, NOWHERE)) {
            return from;
        }
        String pad = "planes/pads/" + from;
        constant(pad, new long[] {pads.length}, pads);
        String padded = from + "/padded";
        ProtoWriter mode = new ProtoWriter().text(1, "mode").text(4, "edge").number(20, 3);
        to.message(1, written("Pad", padded, from, pad).message(5, mode));
        return padded;
    }

    private void reshape(String from, String to, long... sides) {
        constant(to + "/sides", new long[] {sides.length}, sides);
        node(before, "Reshape", to, from, to + "/sides");
    }

    private void constant(String name, long[] sides, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        LongStream.of(values).forEach(raw::putLong);
        ends.message(5, tensor(name, INT64, sides, raw));
    }

    private static ProtoWriter tensor(String name, int type, long[] sides, ByteBuffer raw) {
        ProtoWriter tensor = new ProtoWriter();
        for (long side : sides) {
            tensor.number(1, side);
        }
        return tensor.number(2, type).text(8, name).bytes(9, raw.array());
    }

    /** Adds an input (11) or an output (12). */
    private void end(int field, String name, int type, long... sides) {
        ProtoWriter dimensions = new ProtoWriter();
        for (long side : sides) {
            dimensions.message(1, new ProtoWriter().number(1, side));
        }
        ProtoWriter tensor = new ProtoWriter().number(1, type).message(2, dimensions);
        ends.message(field, new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor)));
    }

    private static void node(ProtoWriter to, String operator, String output, String... inputs) {
        to.message(1, written(operator, output, inputs));
    }

    private static ProtoWriter written(String operator, String output, String... inputs) {
        ProtoWriter node = new ProtoWriter();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, output).text(4, operator);
    }

    private static void cast(ProtoWriter to, String from, String name, int type) {
        to.message(1, written("Cast", name, from).message(5, integer("to", type)));
    }

    private static ProtoWriter integer(String name, long value) {
        return new ProtoWriter().text(1, name).number(3, value).number(20, 2);
    }

    private static ProtoWriter integers(String name, long... values) {
        ProtoWriter attribute = new ProtoWriter().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, 7);
    }
}
