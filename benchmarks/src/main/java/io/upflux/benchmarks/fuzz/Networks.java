package io.upflux.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.upflux.models.Catalogue;
import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.Pass;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Networks to be damaged, each in a folder of its own with all that belongs to it: other graphs, and weights in a file of their
 * own.
 */
final class Networks {
    private static final String SUFFIX = Pass.PLAIN.suffix();

    private static final List<String> BUNDLED = List.of("plain-s-x2", "plain-s-int8-x2", "esc-s-x2", "adaformer-s-x2");

    /** Its graphs with their weights in them are small. */
    private static final String SMALL = BUNDLED.get(0);

    private final Path folder;

    /** @param folder that folders are made in */
    Networks(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Some that come with the program, and one of them without a file for its weights, and without metadata. */
    List<Path> bundled() throws IOException {
        List<Path> graphs = new ArrayList<>();
        for (String name : BUNDLED) {
            graphs.addAll(stored(name, files(name)));
        }
        Map<String, byte[]> small = files(SMALL);
        Map<String, byte[]> whole = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : small.entrySet()) {
            if (file.getKey().endsWith(SUFFIX)) {
                whole.put(file.getKey(), withWeights(file.getValue(), small));
            }
        }
        graphs.addAll(stored("whole", whole));
        UnknownFieldSet silent =
                UnknownFieldSet.parseFrom(Objects.requireNonNull(whole.get(SMALL + SUFFIX))).toBuilder()
                        .clearField(14)
                        .build();
        graphs.addAll(stored("silent", Map.of("silent.onnx", silent.toByteArray())));
        return graphs;
    }

    /** A model that somebody has, with what lies beside it; none of what belongs to another file's model. */
    List<Path> copied(Path leader) throws IOException {
        String file = String.valueOf(leader.getFileName());
        if (!Pass.namesLeader(file)) {
            return List.of();
        }
        String name = file.substring(0, file.length() - SUFFIX.length());
        Map<String, byte[]> files = new HashMap<>();
        try {
            files.putAll(ModelFiles.read(leader).beside(name));
        } catch (StreamException unreadable) {
            // As it is, then.
        }
        files.put(file, Files.readAllBytes(leader));
        try (Stream<Path> made = Files.list(folder)) {
            return stored(made.count() + "-" + name, files);
        }
    }

    private static Map<String, byte[]> files(String name) throws IOException {
        ModelFiles.Neighbours resources = file -> {
            try (InputStream in = Catalogue.class.getResourceAsStream(file)) {
                return in == null ? null : in.readAllBytes();
            }
        };
        Map<String, byte[]> files = new TreeMap<>(ModelFiles.of(name, resources).beside(name));
        files.put(name + SUFFIX, Objects.requireNonNull(resources.read(name + SUFFIX)));
        return files;
    }

    /** @return graphs */
    private List<Path> stored(String name, Map<String, byte[]> files) throws IOException {
        Path own = Files.createDirectory(folder.resolve(name));
        List<Path> graphs = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            Path path = Files.write(own.resolve(file.getKey()), file.getValue());
            if (file.getKey().endsWith(SUFFIX)) {
                graphs.add(path);
            }
        }
        return graphs;
    }

    /** The graph with all its weights in it. */
    private static byte[] withWeights(byte[] bytes, Map<String, byte[]> files) throws InvalidProtocolBufferException {
        UnknownFieldSet model = UnknownFieldSet.parseFrom(bytes);
        UnknownFieldSet graph = UnknownFieldSet.parseFrom(
                model.getField(7).getLengthDelimitedList().get(0));
        Field.Builder tensors = Field.newBuilder();
        for (ByteString content : graph.getField(5).getLengthDelimitedList()) {
            tensors.addLengthDelimited(
                    withValues(UnknownFieldSet.parseFrom(content), files).toByteString());
        }
        ByteString whole = graph.toBuilder()
                .clearField(5)
                .mergeField(5, tensors.build())
                .build()
                .toByteString();
        return model.toBuilder()
                .clearField(7)
                .mergeField(7, Field.newBuilder().addLengthDelimited(whole).build())
                .build()
                .toByteArray();
    }

    private static UnknownFieldSet withValues(UnknownFieldSet tensor, Map<String, byte[]> files)
            throws InvalidProtocolBufferException {
        Map<String, String> place = new HashMap<>();
        for (ByteString content : tensor.getField(13).getLengthDelimitedList()) {
            UnknownFieldSet entry = UnknownFieldSet.parseFrom(content);
            place.put(text(entry, 1), text(entry, 2));
        }
        byte[] file = files.get(place.getOrDefault("location", ""));
        if (file == null) {
            return tensor;
        }
        ByteString values = ByteString.copyFrom(
                file,
                Integer.parseInt(Objects.requireNonNull(place.get("offset"))),
                Integer.parseInt(Objects.requireNonNull(place.get("length"))));
        return tensor.toBuilder()
                .clearField(13)
                .clearField(14)
                .mergeField(9, Field.newBuilder().addLengthDelimited(values).build())
                .build();
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }
}
