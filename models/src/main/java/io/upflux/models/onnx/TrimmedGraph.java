package io.upflux.models.onnx;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph without the outputs that nobody reads and the nodes that lead to nothing else: the runtime computes all of a graph,
 * whatever it is asked for. Field numbers are those of {@code onnx.proto}.
 */
final class TrimmedGraph {
    private final Set<String> outputs;
    private final Set<String> used;
    private final BitSet nodes = new BitSet();

    private TrimmedGraph(ByteBuffer graph, Set<String> outputs) {
        this.outputs = outputs;
        this.used = new HashSet<>(outputs);
        List<ByteBuffer> all = new ArrayList<>();
        for (ProtoReader in = new ProtoReader(graph); in.next(); ) {
            if (in.field() == 1) {
                all.add(in.bytes());
            }
        }
        // They come in an order in which each may use what those before it made.
        for (int i = all.size() - 1; i >= 0; i--) {
            if (anyIn(all.get(i), 2, used)) {
                nodes.set(i);
                uses(all.get(i), used);
            }
        }
    }

    /**
     * Rewrites a model.
     *
     * @param outputs that stay
     */
    static byte[] of(ByteBuffer model, Set<String> outputs) {
        ProtoWriter made = new ProtoWriter();
        for (ProtoReader in = new ProtoReader(model); in.next(); ) {
            if (in.field() == 7) {
                made.message(7, new TrimmedGraph(in.bytes(), outputs).written(in.message()));
            } else {
                made.copy(in);
            }
        }
        return made.toBytes();
    }

    private ProtoWriter written(ProtoReader from) {
        ProtoWriter graph = new ProtoWriter();
        int node = 0;
        while (from.next()) {
            boolean stays = switch (from.field()) {
                case 1 -> nodes.get(node++);
                // The runtime drops those that nobody uses before it is given their values, and then misses them.
                case 5 -> anyIn(from.bytes(), 8, used);
                case 12 -> anyIn(from.bytes(), 1, outputs);
                default -> true;
            };
            if (stays) {
                graph.copy(from);
            }
        }
        return graph;
    }

    private static boolean anyIn(ByteBuffer message, int field, Set<String> names) {
        for (ProtoReader in = new ProtoReader(message); in.next(); ) {
            if (in.field() == field && names.contains(in.text())) {
                return true;
            }
        }
        return false;
    }

    /** Adds what a node takes, and what is taken by graphs within it. */
    private static void uses(ByteBuffer node, Set<String> to) {
        for (ProtoReader in = new ProtoReader(node); in.next(); ) {
            if (in.field() == 1 && !in.text().isEmpty()) {
                to.add(in.text());
            } else if (in.field() == 5) {
                for (ProtoReader attribute = in.message(); attribute.next(); ) {
                    if (attribute.field() == 6 || attribute.field() == 11) {
                        usesWithin(attribute.message(), to);
                    }
                }
            }
        }
    }

    private static void usesWithin(ProtoReader graph, Set<String> to) {
        while (graph.next()) {
            if (graph.field() == 1) {
                uses(graph.bytes(), to);
            } else if (graph.field() == 12) {
                for (ProtoReader output = graph.message(); output.next(); ) {
                    if (output.field() == 1) {
                        to.add(output.text());
                    }
                }
            }
        }
    }
}
