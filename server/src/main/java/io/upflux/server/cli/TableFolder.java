package io.upflux.server.cli;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where tables and pictures of a measurement go.
 *
 * @param folder null where nobody wants any; made when it is missing
 */
record TableFolder(@Nullable Path folder) {
    void save(String name, String content) {
        Path file = file(name);
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** A file in the folder, which exists; null without. */
    @Nullable
    Path file(String name) {
        if (folder == null) {
            return null;
        }
        try {
            return Files.createDirectories(folder).resolve(name);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be made a folder: " + e.getMessage(), e);
        }
    }
}
