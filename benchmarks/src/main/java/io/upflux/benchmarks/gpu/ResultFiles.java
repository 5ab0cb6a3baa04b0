package io.upflux.benchmarks.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was measured, kept in files that are written anew with each result, so that a crash takes none but its own along. */
final class ResultFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final @Nullable Path folder;
    private final List<Reached> all = new ArrayList<>();

    /**
     * @param folder null to keep nothing
     * @param more whether what its files hold stays
     */
    ResultFiles(@Nullable Path folder, boolean more) throws IOException {
        this.folder = folder;
        if (folder != null) {
            Files.createDirectories(folder);
            if (more && Files.exists(json(folder))) {
                all.addAll(List.of(JSON.readValue(json(folder).toFile(), Reached[].class)));
            }
        }
    }

    /** In the place of what its target had. */
    void put(Reached one) throws IOException {
        all.removeIf(other -> other.target().equals(one.target()));
        all.add(one);
        if (folder != null) {
            Files.writeString(folder.resolve("targets.md"), Reached.table(all));
            JSON.writeValue(json(folder).toFile(), all);
        }
    }

    private static Path json(Path folder) {
        return folder.resolve("targets.json");
    }
}
