package io.upflux.models.onnx;

import io.upflux.models.onnx.OnnxGraph.External;
import io.upflux.models.onnx.OnnxGraph.Side;
import io.upflux.models.onnx.OnnxGraph.Tensor;
import io.upflux.models.onnx.ProtoReader.Malformed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads an {@link OnnxGraph}. Field numbers are those of {@code onnx.proto}, which never change. */
final class GraphReader {
    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;
    private static final int DOUBLE = 11;
    private static final int BFLOAT16 = 16;
    private static final int EXTERNAL = 1;
    /** Graphs in each other's nodes, as of loops in loops. */
    private static final int DEEPEST = 16;

    private static final Set<String> KNOWN_DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft");

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final Set<String> initialisers = new HashSet<>();
    private final Set<String> functions = new HashSet<>();
    private final Set<String> operators = new TreeSet<>();
    private final List<External> externals = new ArrayList<>();
    private long parameters;
    private boolean castsToHalf;
    private boolean quantizes;
    private boolean hasGraph;
    private int deep;

    private GraphReader() {}

    /** @throws Malformed when the bytes are no ONNX model */
    static OnnxGraph read(ByteBuffer bytes) {
        GraphReader reader = new GraphReader();
        try {
            reader.model(new ProtoReader(bytes));
        } catch (ArithmeticException e) {
            throw new Malformed("a tensor too large to exist");
        }
        if (!reader.hasGraph) {
            throw new Malformed("no graph");
        }
        reader.inputs.removeIf(input -> reader.initialisers.contains(input.name()));
        reader.operators.removeAll(reader.functions);
        return new OnnxGraph(
                Map.copyOf(reader.metadata),
                List.copyOf(reader.inputs),
                List.copyOf(reader.outputs),
                reader.parameters,
                reader.castsToHalf,
                reader.quantizes,
                Set.copyOf(reader.operators),
                List.copyOf(reader.externals));
    }

    private void model(ProtoReader model) {
        while (model.next()) {
            switch (model.field()) {
                case 1 -> model.number();
                case 7 -> {
                    hasGraph = true;
                    graph(model.message());
                }
                case 14 -> entry(model.message(), metadata);
                case 25 -> function(model.message());
                default -> {}
            }
        }
    }

    private void graph(ProtoReader graph) {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> node(graph.message());
                case 5 -> initialisers.add(tensor(graph.message()));
                case 11 -> inputs.add(value(graph.message()));
                case 12 -> outputs.add(value(graph.message()));
                default -> {}
            }
        }
    }

    private void node(ProtoReader node) {
        String type = "";
        String domain = "";
        long castTo = 0;
        while (node.next()) {
            switch (node.field()) {
                case 4 -> type = node.text();
                case 5 -> castTo = attribute(node.message());
                case 7 -> domain = node.text();
                default -> {}
            }
        }
        castsToHalf |= type.equals("Cast") && castTo == FLOAT16;
        quantizes |= type.equals("QuantizeLinear");
        if (!KNOWN_DOMAINS.contains(domain)) {
            operators.add(domain + ":" + type);
        }
    }

    /** @return its integer, if it is one: for a Cast, which has no other, the type cast to */
    private long attribute(ProtoReader attribute) {
        long integer = 0;
        while (attribute.next()) {
            if (attribute.field() == 3) {
                integer = attribute.number();
            } else if (attribute.field() == 5) {
                tensor(attribute.message());
            } else if (attribute.field() == 6) {
                body(attribute.message());
            }
        }
        return integer;
    }

    private void body(ProtoReader body) {
        if (++deep > DEEPEST) {
            throw new Malformed("more than " + DEEPEST + " graphs in each other");
        }
        while (body.next()) {
            if (body.field() == 1) {
                node(body.message());
            } else if (body.field() == 5) {
                tensor(body.message());
            }
        }
        deep--;
    }

    private void function(ProtoReader function) {
        String name = "";
        String domain = "";
        while (function.next()) {
            switch (function.field()) {
                case 1 -> name = function.text();
                case 7 -> node(function.message());
                case 10 -> domain = function.text();
                default -> {}
            }
        }
        functions.add(domain + ":" + name);
    }

    /** @return its name */
    private String tensor(ProtoReader tensor) {
        String name = "";
        List<Long> sides = new ArrayList<>();
        long type = 0;
        boolean external = false;
        Map<String, String> place = new LinkedHashMap<>();
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> tensor.numbers(sides);
                case 2 -> type = tensor.number();
                case 8 -> name = tensor.text();
                case 13 -> entry(tensor.message(), place);
                case 14 -> external = tensor.number() == EXTERNAL;
                default -> {}
            }
        }
        if (sides.stream().anyMatch(side -> side < 0)) {
            throw new Malformed("'" + name + "' has sides " + sides);
        }
        if (type == FLOAT || type == FLOAT16 || type == DOUBLE || type == BFLOAT16) {
            parameters = Math.addExact(parameters, sides.stream().reduce(1L, Math::multiplyExact));
        }
        if (external) {
            externals.add(new External(
                    name,
                    (int) type,
                    List.copyOf(sides),
                    location(place),
                    position(place, "offset", 0),
                    position(place, "length", -1)));
        }
        return name;
    }

    /** Of a file in the model's own folder, whatever a path may mean elsewhere. */
    private static String location(Map<String, String> place) {
        String text = place.getOrDefault("location", "?");
        if (text.isEmpty() || text.equals("..") || text.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\')) {
            throw new Malformed("weights in '" + text.replaceAll("\\p{Cntrl}", "?") + "', which is no file beside it");
        }
        return text;
    }

    private static long position(Map<String, String> place, String key, long unsaid) {
        String text = place.get(key);
        if (text == null) {
            return unsaid;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new Malformed("weights whose " + key + " is '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private static Tensor value(ProtoReader value) {
        String name = "";
        int elementType = 0;
        boolean ranked = false;
        List<Side> sides = new ArrayList<>();
        while (value.next()) {
            if (value.field() == 1) {
                name = value.text();
            } else if (value.field() == 2) {
                ProtoReader type = value.message();
                while (type.next()) {
                    if (type.field() != 1) {
                        continue;
                    }
                    ProtoReader tensor = type.message();
                    while (tensor.next()) {
                        if (tensor.field() == 1) {
                            elementType = (int) tensor.number();
                        } else if (tensor.field() == 2) {
                            ranked = true;
                            sides(tensor.message(), sides);
                        }
                    }
                }
            }
        }
        return new Tensor(name, elementType, List.copyOf(sides), ranked);
    }

    private static void sides(ProtoReader shape, List<Side> to) {
        while (shape.next()) {
            if (shape.field() == 1) {
                long length = -1;
                String symbol = "";
                ProtoReader side = shape.message();
                while (side.next()) {
                    if (side.field() == 1) {
                        length = side.number();
                    } else if (side.field() == 2) {
                        symbol = side.text();
                    }
                }
                to.add(new Side(length, symbol));
            }
        }
    }

    private static void entry(ProtoReader entry, Map<String, String> to) {
        String key = "";
        String value = "";
        while (entry.next()) {
            if (entry.field() == 1) {
                key = entry.text();
            } else if (entry.field() == 2) {
                value = entry.text();
            }
        }
        to.put(key, value);
    }
}
