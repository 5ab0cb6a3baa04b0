package io.upflux.server.job;

import io.upflux.codecs.MediaNames;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts outputs where somebody waits for them. */
final class Delivery {
    private Delivery() {}

    /**
     * Puts a file into a folder, under a name that nothing has there; it appears whole.
     *
     * @return the file there
     */
    static Path put(Path file, Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        try {
            return link(file, folder, name);
        } catch (UnsupportedOperationException | IOException otherDisk) {
            Path copy = folder.resolve("." + name + ".partial");
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                return move(copy, folder, name);
            } finally {
                Files.deleteIfExists(copy);
            }
        }
    }

    private static Path link(Path file, Path folder, String name) throws IOException {
        for (int number = 1; ; number++) {
            try {
                return Files.createLink(folder.resolve(numbered(name, number)), file);
            } catch (FileAlreadyExistsException taken) {
                // The next name may be free.
            }
        }
    }

    private static Path move(Path copy, Path folder, String name) throws IOException {
        for (int number = 1; ; number++) {
            try {
                return Files.move(copy, folder.resolve(numbered(name, number)));
            } catch (FileAlreadyExistsException taken) {
                // The next name may be free.
            }
        }
    }

    private static String numbered(String name, int number) {
        return number == 1 ? name : MediaNames.stem(name) + " (" + number + ")." + MediaNames.extension(name);
    }
}
