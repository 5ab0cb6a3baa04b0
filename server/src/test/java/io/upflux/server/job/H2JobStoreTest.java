package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2JobStoreTest extends JobStoreContract {
    @TempDir
    private Path folder;

    @Override
    Database open() {
        return Database.open(null, folder);
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneLine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Database.open(null, file))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("jobs.database: " + file + " cannot be used: ")
                .message()
                .doesNotContain("\n");
    }
}
