package io.upflux.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/** Local disk for what is on its way, in the folders that Spark clears when an executor ends. */
final class Scratch implements AutoCloseable {
    private final Path folder;

    /** A folder for one task, gone when it is closed. */
    Scratch(String kind) throws IOException {
        folder = folder(kind);
    }

    /** One that stays as long as the executor. */
    static Path folder(String kind) throws IOException {
        String root = Utils.getLocalDir(SparkEnv.get().conf());
        return Files.createTempDirectory(new File(root).toPath(), "upflux-" + kind + "-");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
