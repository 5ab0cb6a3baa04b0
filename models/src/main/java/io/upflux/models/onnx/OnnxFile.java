package io.upflux.models.onnx;

import io.upflux.models.onnx.ProtoReader.Malformed;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An {@code .onnx} file on disk or in memory: what it says about itself, before any runtime has seen it. */
public final class OnnxFile {
    /** Larger ones stay on the disk. */
    private static final long LARGEST_READ = 32L << 20;

    private final String label;
    private final @Nullable Path path;
    private final ByteBuffer bytes;
    private final OnnxGraph graph;

    private OnnxFile(String label, @Nullable Path path, ByteBuffer bytes) {
        this.label = label;
        this.path = path;
        this.bytes = bytes;
        this.graph = parse(label, bytes);
    }

    /**
     * Reads what a file says about itself.
     *
     * @param path of a file that may be replaced at any time when it has 32 MiB or less; a larger one must not change while it
     *     is in use
     * @throws StreamException when it cannot be read or is no ONNX model
     */
    public static OnnxFile read(Path path) {
        if (Files.isDirectory(path)) {
            throw new StreamException(path + ": is a folder; name an .onnx file");
        }
        if (!Files.exists(path)) {
            throw new StreamException(path + ": no such model file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new StreamException(path + ": is larger than the 2 GiB that an ONNX file can be");
            }
            return new OnnxFile(
                    path.toString(),
                    path,
                    channel.size() <= LARGEST_READ
                            ? ByteBuffer.wrap(Files.readAllBytes(path))
                            : channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (IOException e) {
            throw new StreamException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The same for a model in memory.
     *
     * @param label for messages
     * @throws StreamException when it is no ONNX model
     */
    public static OnnxFile of(String label, byte[] bytes) {
        return new OnnxFile(label, null, ByteBuffer.wrap(bytes));
    }

    /** How messages name it. */
    public String label() {
        return label;
    }

    /** Numbers in its weights, as the file declares them or else counted. */
    public long parameters() {
        return declared("parameters").orElse(graph.parameters());
    }

    /** Multiplications for each LR pixel of a whole picture, as the file declares them; 0 where it does not. */
    public long macs() {
        return declared("macs").orElse(0);
    }

    private OptionalLong declared(String key) {
        String said = graph.metadata().get(MetadataReader.PREFIX + key);
        return said != null && said.matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(said))
                : OptionalLong.empty();
    }

    /** Whether it tells which of a model's graphs it is. */
    boolean speaksOfPasses() {
        return graph.metadata().containsKey(MetadataReader.PREFIX + "pass");
    }

    /** SHA-256 of the whole file, lower-case hexadecimal. */
    public String sha256() {
        return sha256(bytes.duplicate());
    }

    static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The file's bytes with what its metadata lacks of the contract added, so that no probe is needed any more.
     * Protocol Buffers lets fields be appended.
     */
    public byte[] withContract(Contract contract) {
        ProtoWriter out = new ProtoWriter().raw(bytes());
        for (Map.Entry<String, String> entry :
                MetadataReader.toMetadata(contract).entrySet()) {
            if (!graph.metadata().containsKey(entry.getKey())) {
                out.message(14, new ProtoWriter().text(1, entry.getKey()).text(2, entry.getValue()));
            }
        }
        return out.toBytes();
    }

    OnnxGraph graph() {
        return graph;
    }

    @Nullable
    Path path() {
        return path;
    }

    ByteBuffer bytes() {
        return bytes.duplicate();
    }

    /** Whether it is wholly in memory, whatever becomes of the file. */
    boolean isRead() {
        return bytes.hasArray();
    }

    private static OnnxGraph parse(String label, ByteBuffer bytes) {
        @Nullable String other = ForeignFormat.of(bytes);
        if (other != null) {
            throw new StreamException(label + ": is " + other + ", not an ONNX model; export it to .onnx first");
        }
        try {
            return GraphReader.read(bytes);
        } catch (Malformed e) {
            throw new StreamException(
                    label + ": is no ONNX model, or a truncated or corrupt one (" + e.getMessage() + ")", e);
        }
    }
}
