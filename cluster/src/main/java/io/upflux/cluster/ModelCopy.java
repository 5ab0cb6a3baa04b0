package io.upflux.cluster;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.models.onnx.ModelFiles;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A model on its way to executors. Bundled ones come with the program there; of others, the files travel.
 *
 * @param name in the catalogue, or the main file's
 * @param sha256 of the main file; null for resizers
 * @param files by their names, the main one's among them; none of a bundled model
 */
record ModelCopy(String name, @Nullable String sha256, Map<String, byte[]> files) implements Serializable {
    /** Where this process has unpacked models, by their hashes. */
    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

    private static final String EXTENSION = ".onnx";

    /** @throws StreamException when a file of it cannot be read */
    static ModelCopy of(ModelCard card) {
        if (!card.source().endsWith(EXTENSION)) {
            return new ModelCopy(card.name(), card.sha256(), Map.of());
        }
        Path main = Path.of(card.source());
        String name = String.valueOf(main.getFileName());
        Map<String, byte[]> files =
                new TreeMap<>(ModelFiles.read(main).beside(name.substring(0, name.length() - EXTENSION.length())));
        try {
            files.put(name, Files.readAllBytes(main));
        } catch (IOException e) {
            throw new StreamException(main + ": cannot be read: " + e.getMessage(), e);
        }
        return new ModelCopy(name, card.sha256(), files);
    }

    /**
     * What it is in a catalogue of this process.
     *
     * @throws StreamException when it is not here, or another one
     */
    ModelCard here(Catalogue catalogue) {
        if (!files.isEmpty()) {
            Path main = UNPACKED.computeIfAbsent(Objects.requireNonNull(sha256), hash -> unpack());
            return catalogue.find(main.toString(), null);
        }
        ModelCard found;
        try {
            found = catalogue.find(name, null);
        } catch (StreamException e) {
            throw new StreamException(
                    "the model " + name + " is absent here; executors need the same version of Upflux as the driver",
                    e);
        }
        if (!Objects.equals(found.sha256(), sha256)) {
            throw new StreamException("the model " + name
                    + " is another one here; executors need the same version of Upflux as the driver");
        }
        return found;
    }

    private Path unpack() {
        try {
            Path folder = Scratch.folder("model");
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.resolve(file.getKey()), file.getValue());
            }
            return folder.resolve(name);
        } catch (IOException e) {
            throw new StreamException("the model " + name + " cannot be unpacked here: " + e.getMessage(), e);
        }
    }
}
