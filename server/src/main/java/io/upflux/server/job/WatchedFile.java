package io.upflux.server.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file in a watched folder at one moment.
 *
 * @param modifiedMillis when it was last written to
 */
record WatchedFile(String path, long bytes, long modifiedMillis) {
    static WatchedFile of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new WatchedFile(
                file.toString(),
                attributes.size(),
                attributes.lastModifiedTime().toMillis());
    }
}
