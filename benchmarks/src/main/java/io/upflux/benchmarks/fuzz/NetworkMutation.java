package io.upflux.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Damages what a network says within an ONNX file that stays readable, so that the runtime sees it: other numbers, names and
 * operators, values that are no numbers, fields left out, doubled and exchanged. Metadata, and where weights lie, stay: they are
 * checked before.
 */
final class NetworkMutation {
    private static final int MOST_STEPS = 2;
    private static final int LONGEST_NAME = 64;
    private static final int OPERATOR = 4;

    private static final long[] EXTREME = {
        0,
        1,
        2,
        3,
        4,
        7,
        10,
        64,
        255,
        65536,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        1L << 62,
        Long.MAX_VALUE,
        -1,
        -2,
        Integer.MIN_VALUE,
        Long.MIN_VALUE
    };

    private static final int[] STRANGE = {
        0, Float.floatToIntBits(Float.NaN), Float.floatToIntBits(Float.NEGATIVE_INFINITY), Float.floatToIntBits(-1), 1
    };

    private static final List<String> OPERATORS = List.of(
            ("Add Mul Div Mod Pow Relu LeakyRelu PRelu Clip Cast Identity Shape Size Conv ConvInteger ConvTranspose "
                            + "QLinearConv MatMul MatMulInteger Gemm Einsum MaxPool AveragePool GlobalAveragePool LpPool "
                            + "MaxUnpool RoiAlign MaxRoiPool GridSample Resize Upsample Pad Slice Split Concat Reshape "
                            + "Flatten Squeeze Unsqueeze Transpose Tile Expand DepthToSpace SpaceToDepth Gather GatherND "
                            + "GatherElements Scatter ScatterND ScatterElements Where NonZero OneHot TopK CumSum Range "
                            + "ConstantOfShape Constant RandomNormalLike Softmax LayerNormalization BatchNormalization "
                            + "InstanceNormalization LRN QuantizeLinear DequantizeLinear DynamicQuantizeLinear LSTM GRU "
                            + "RNN Loop If Scan SequenceAt StringNormalizer TfIdfVectorizer NonMaxSuppression Unique "
                            + "ReverseSequence BitShift ReduceSum ReduceMax ArgMax Compress Det STFT DFT Nonsense")
                    .split(" "));

    private final Random random;
    private final List<ByteString> names;

    private NetworkMutation(Random random, List<ByteString> names) {
        this.random = random;
        this.names = names;
    }

    /** Each time the same for the same seed. Bytes that are no network are damaged as any others are. */
    static byte[] of(byte[] network, long seed) {
        Random random = new Random(seed);
        try {
            UnknownFieldSet model = UnknownFieldSet.parseFrom(network);
            NetworkMutation mutation = new NetworkMutation(random, names(model));
            for (int steps = 1 + random.nextInt(MOST_STEPS); steps > 0; steps--) {
                int places = places(model, Message.MODEL);
                model = places == 0 ? model : mutation.changed(model, Message.MODEL, random.nextInt(places));
            }
            return model.toByteArray();
        } catch (InvalidProtocolBufferException e) {
            return Mutation.of(network, network, seed);
        }
    }

    /** What nodes take and make. */
    private static List<ByteString> names(UnknownFieldSet model) throws InvalidProtocolBufferException {
        List<ByteString> names = new ArrayList<>();
        for (ByteString graph : model.getField(7).getLengthDelimitedList()) {
            for (ByteString node : parsed(graph).getField(1).getLengthDelimitedList()) {
                names.addAll(parsed(node).getField(1).getLengthDelimitedList());
                names.addAll(parsed(node).getField(2).getLengthDelimitedList());
            }
        }
        names.add(ByteString.EMPTY);
        return names;
    }

    /** How many values there are to be damaged. */
    private static int places(UnknownFieldSet message, Message kind) throws InvalidProtocolBufferException {
        int places = 0;
        for (Map.Entry<Integer, Field> entry : message.asMap().entrySet()) {
            places += places(entry.getValue(), kind.at(entry.getKey()));
        }
        return places;
    }

    private static int places(Field field, @Nullable Message inner) throws InvalidProtocolBufferException {
        if (inner == Message.ENTRY) {
            return 0;
        }
        List<ByteString> contents = field.getLengthDelimitedList();
        if (inner == null) {
            return contents.size()
                    + field.getVarintList().size()
                    + field.getFixed32List().size();
        }
        int places = 0;
        for (ByteString content : contents) {
            places += places(parsed(content), inner);
        }
        return places;
    }

    private UnknownFieldSet changed(UnknownFieldSet message, Message kind, int place)
            throws InvalidProtocolBufferException {
        int rest = place;
        for (Map.Entry<Integer, Field> entry : message.asMap().entrySet()) {
            int number = entry.getKey();
            Field field = entry.getValue();
            Message inner = kind.at(number);
            int here = places(field, inner);
            if (rest < here) {
                Field changed = random.nextInt(8) == 0
                        ? rearranged(field)
                        : inner != null
                                ? inside(field, inner, rest)
                                : value(field, rest, kind == Message.NODE && number == OPERATOR);
                return message.toBuilder()
                        .clearField(number)
                        .mergeField(number, changed)
                        .build();
            }
            rest -= here;
        }
        throw new IllegalArgumentException("no such place");
    }

    private Field inside(Field field, Message kind, int place) throws InvalidProtocolBufferException {
        List<ByteString> contents = new ArrayList<>(field.getLengthDelimitedList());
        int rest = place;
        for (int i = 0; i < contents.size(); i++) {
            UnknownFieldSet message = parsed(contents.get(i));
            int here = places(message, kind);
            if (rest < here) {
                contents.set(i, changed(message, kind, rest).toByteString());
                break;
            }
            rest -= here;
        }
        return field(contents, field.getVarintList(), field.getFixed32List());
    }

    private Field value(Field field, int place, boolean operator) {
        List<ByteString> contents = new ArrayList<>(field.getLengthDelimitedList());
        List<Long> numbers = new ArrayList<>(field.getVarintList());
        List<Integer> floats = new ArrayList<>(field.getFixed32List());
        if (place < contents.size()) {
            contents.set(place, operator ? any(OPERATORS) : content(contents.get(place)));
        } else if (place < contents.size() + numbers.size()) {
            int i = place - contents.size();
            numbers.set(i, number(numbers.get(i)));
        } else {
            floats.set(place - contents.size() - numbers.size(), STRANGE[random.nextInt(STRANGE.length)]);
        }
        return field(contents, numbers, floats);
    }

    private long number(long value) {
        return switch (random.nextInt(4)) {
            case 0 -> value + 1;
            case 1 -> value - 1;
            default -> EXTREME[random.nextInt(EXTREME.length)];
        };
    }

    private ByteString content(ByteString content) {
        boolean name = content.size() <= LONGEST_NAME;
        if (name && random.nextInt(4) > 0) {
            return names.get(random.nextInt(names.size()));
        }
        byte[] bytes = content.toByteArray();
        return ByteString.copyFrom(Mutation.of(bytes, bytes, random.nextLong()));
    }

    private ByteString any(List<String> texts) {
        return ByteString.copyFromUtf8(texts.get(random.nextInt(texts.size())));
    }

    private Field rearranged(Field field) {
        return field(
                rearranged(field.getLengthDelimitedList()),
                rearranged(field.getVarintList()),
                rearranged(field.getFixed32List()));
    }

    private <T> List<T> rearranged(List<T> values) {
        List<T> all = new ArrayList<>(values);
        if (all.size() > 1) {
            int one = random.nextInt(all.size());
            int other = random.nextInt(all.size());
            switch (random.nextInt(3)) {
                case 0 -> all.remove(one);
                case 1 -> all.add(other, all.get(one));
                default -> Collections.swap(all, one, other);
            }
        }
        return all;
    }

    private static Field field(List<ByteString> contents, List<Long> numbers, List<Integer> floats) {
        Field.Builder field = Field.newBuilder();
        contents.forEach(field::addLengthDelimited);
        numbers.forEach(field::addVarint);
        floats.forEach(field::addFixed32);
        return field.build();
    }

    private static UnknownFieldSet parsed(ByteString content) throws InvalidProtocolBufferException {
        return UnknownFieldSet.parseFrom(content);
    }
}
