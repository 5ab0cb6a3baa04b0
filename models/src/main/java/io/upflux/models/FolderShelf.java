package io.upflux.models;

import io.upflux.models.onnx.ModelFiles;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    public ModelFiles open(String name) {
        return ModelFiles.read(file(name));
    }

    @Override
    public String source(String name) {
        return file(name).toString();
    }

    /** Whether there is a file of this name with other contents. */
    boolean holdsOther(String file, byte[] bytes) {
        Path path = folder.resolve(file);
        return Files.exists(path) && !holds(path, bytes);
    }

    private static boolean holds(Path file, byte[] bytes) {
        try {
            return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Appears whole or not at all: what lies beside the main file is there before it. Files that are there already stay, since
     * another model may share them.
     *
     * @param beside other files of the model, by name
     */
    void put(String name, byte[] main, Map<String, byte[]> beside) {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        beside.forEach((file, bytes) -> {
            Path path = folder.resolve(file);
            if (!holds(path, bytes)) {
                files.put(path, bytes);
            }
        });
        files.put(file(name), main);
        Map<Path, Path> partial = new LinkedHashMap<>();
        List<Path> placed = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                Path part = Files.createTempFile(folder, name, ".part");
                partial.put(part, file.getKey());
                Files.write(part, file.getValue());
            }
            for (Map.Entry<Path, Path> part : partial.entrySet()) {
                Files.move(part.getKey(), part.getValue(), StandardCopyOption.ATOMIC_MOVE);
                placed.add(part.getValue());
            }
            placed.clear();
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot store model " + name + ": " + e.getMessage(), e);
        } finally {
            partial.keySet().forEach(FolderShelf::delete);
            placed.forEach(FolderShelf::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be deleted: " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return folder.resolve(name + ".onnx");
    }
}
