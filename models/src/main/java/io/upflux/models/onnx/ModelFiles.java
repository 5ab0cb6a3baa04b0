package io.upflux.models.onnx;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All files of one model: the graph that leads, {@code NAME.onnx}; those beside it, {@code NAME.PASS.onnx}; and the
 * weights that they share.
 */
public final class ModelFiles {
    private final OnnxFile main;
    private final Map<Pass, OnnxFile> companions;
    private final Neighbours neighbours;

    private ModelFiles(OnnxFile main, Map<Pass, OnnxFile> companions, Neighbours neighbours) {
        this.main = main;
        this.companions = companions;
        this.neighbours = neighbours;
    }

    /** Where a model's files lie beside each other. */
    @FunctionalInterface
    public interface Neighbours {
        /** The bytes of a file, null when it does not exist. */
        byte @Nullable [] read(String file) throws IOException;
    }

    /**
     * Reads the model that a file leads, with what lies beside it.
     *
     * @param path of a file that, like its companions, may be replaced while it is in use if {@link OnnxFile#read} allows it
     *     and it keeps its weights or tells their hash
     * @throws StreamException when one cannot be read or is no ONNX model
     */
    public static ModelFiles read(Path path) {
        OnnxFile main = OnnxFile.read(path);
        Path last = path.getFileName();
        String file = last == null ? "" : last.toString();
        Map<Pass, OnnxFile> companions = new EnumMap<>(Pass.class);
        if (main.speaksOfPasses()) {
            for (Pass pass : Pass.values()) {
                Path beside = path.resolveSibling(stem(file) + pass.suffix());
                if (!pass.leads() && Files.exists(beside)) {
                    companions.put(pass, OnnxFile.read(beside));
                }
            }
        }
        return new ModelFiles(main, companions, name -> {
            Path beside = path.resolveSibling(name);
            return Files.isRegularFile(beside) ? Files.readAllBytes(beside) : null;
        });
    }

    /**
     * The same for files that lie in no folder.
     *
     * @param name of the model, for messages and for its files
     * @throws StreamException when there is no such model, or a file of it cannot be read or is no ONNX model
     */
    public static ModelFiles of(String name, Neighbours neighbours) {
        Map<Pass, OnnxFile> companions = new EnumMap<>(Pass.class);
        OnnxFile main = null;
        for (Pass pass : Pass.values()) {
            String file = name + pass.suffix();
            byte[] bytes = pass == Pass.KEY ? null : bytes(neighbours, name, file);
            if (bytes == null) {
                continue;
            }
            if (pass.leads()) {
                main = OnnxFile.of(name, bytes);
            } else {
                companions.put(pass, OnnxFile.of(file, bytes));
            }
        }
        if (main == null) {
            throw new StreamException(name + ": no such model file");
        }
        return new ModelFiles(main, companions, neighbours);
    }

    /** A model that is one file. */
    public static ModelFiles alone(OnnxFile file) {
        return new ModelFiles(file, Map.of(), name -> null);
    }

    /** The file that leads. */
    public OnnxFile main() {
        return main;
    }

    /** What there is besides {@link #main}. */
    public Set<Pass> companions() {
        return companions.keySet();
    }

    /** The graphs there are, the one that leads first. */
    public List<Pass> passes(Pass leading) {
        List<Pass> passes = new ArrayList<>(companions.keySet());
        passes.add(0, leading);
        return List.copyOf(passes);
    }

    /** Whether the main graph tells which weights it was made for. */
    public boolean declaresWeights() {
        return MetadataReader.weights(main) != null;
    }

    /** Files that hold weights; none when the graphs hold them themselves. */
    public Set<String> weightFiles() {
        Set<String> files = new TreeSet<>(main.graph().externalFiles());
        companions.values().forEach(file -> files.addAll(file.graph().externalFiles()));
        return files;
    }

    /**
     * Everything to store under the same names elsewhere: companions, then weights.
     *
     * @throws StreamException when a file is missing or not the one that the graphs were made for
     */
    public Map<String, byte[]> beside(String name) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        companions.forEach((pass, file) -> {
            byte[] bytes = new byte[file.bytes().remaining()];
            file.bytes().get(bytes);
            files.put(name + pass.suffix(), bytes);
        });
        for (String file : weightFiles()) {
            files.put(file, weights(file));
        }
        return files;
    }

    Map<Pass, OnnxFile> byPass() {
        return companions;
    }

    /**
     * The weights for sessions; to be closed after them.
     *
     * @throws StreamException when they are missing or not those that the graphs were made for
     */
    Weights weights() {
        Set<String> files = weightFiles();
        if (files.isEmpty()) {
            return new Weights(main.label(), null);
        }
        Path path = main.path();
        if (path != null && !declaresWeights()) {
            files.forEach(file -> check(path.resolveSibling(file), file));
            return new Weights(main.label(), null);
        }
        if (files.size() > 1) {
            throw new StreamException(main.label() + ": keeps its weights in " + files.size() + " files ("
                    + String.join(", ", files) + "); save them as one");
        }
        String file = files.iterator().next();
        return new Weights(file, weights(file));
    }

    private byte[] weights(String file) {
        byte[] bytes = bytes(neighbours, main.label(), file);
        if (bytes == null) {
            throw missing(file);
        }
        checkHash(main, file, bytes);
        companions.values().forEach(companion -> checkHash(companion, file, bytes));
        return bytes;
    }

    /** The runtime reads such files itself, and they may be large. */
    private void check(Path path, String file) {
        if (!Files.isRegularFile(path)) {
            throw missing(file);
        }
    }

    private StreamException missing(String file) {
        return new StreamException(
                main.label() + ": keeps its weights in " + file + ", which is missing; it must lie beside it");
    }

    private static void checkHash(OnnxFile graph, String file, byte[] bytes) {
        String declared = MetadataReader.weights(graph);
        if (declared != null && !declared.equals(OnnxFile.sha256(ByteBuffer.wrap(bytes)))) {
            throw new StreamException(graph.label() + ": was made for other weights than those in " + file
                    + " (its metadata says upflux.weights = " + declared.substring(0, 12)
                    + "...); files of one model must come from one export");
        }
    }

    private static byte @Nullable [] bytes(Neighbours neighbours, String label, String file) {
        try {
            return neighbours.read(file);
        } catch (IOException e) {
            throw new StreamException(label + ": " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String stem(String file) {
        String suffix = Pass.PLAIN.suffix();
        return file.endsWith(suffix) ? file.substring(0, file.length() - suffix.length()) : file;
    }
}
