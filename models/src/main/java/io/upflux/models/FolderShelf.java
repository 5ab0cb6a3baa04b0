package io.upflux.models;

import io.upflux.models.onnx.OnnxFile;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The models a user has imported: a folder, which need not exist before the first one. */
final class FolderShelf implements Shelf {
    private final Path folder;

    FolderShelf(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<String> names() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return BundledShelf.models(files.map(file -> file.getFileName().toString()));
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    @Override
    public OnnxFile open(String name) {
        return OnnxFile.read(file(name));
    }

    @Override
    public String source(String name) {
        return file(name).toString();
    }

    /** Appears whole or not at all. */
    void put(String name, byte[] bytes) {
        try {
            Files.createDirectories(folder);
            Path partial = Files.createTempFile(folder, name, ".part");
            try {
                Files.write(partial, bytes);
                Files.move(partial, file(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot store model " + name + ": " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return folder.resolve(name + ".onnx");
    }
}
