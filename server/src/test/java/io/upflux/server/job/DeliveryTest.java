package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
    @TempDir
    private Path folder;

    @Test
    void aResultNeverReplacesAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("output.mkv"), "new");
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("clip.mkv"), "old");
        assertThat(Delivery.put(file, out, "clip.mkv"))
                .isEqualTo(out.resolve("clip (2).mkv"))
                .hasContent("new");
        assertThat(Delivery.put(file, out, "clip.mkv")).isEqualTo(out.resolve("clip (3).mkv"));
        assertThat(out.resolve("clip.mkv")).hasContent("old");
        assumeThat(Path.of("/dev/shm")).isWritable();
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "upflux");
        try {
            assertThat(Delivery.put(file, elsewhere, "clip.mkv")).hasContent("new");
            assertThat(Delivery.put(file, elsewhere, "clip.mkv")).hasFileName("clip (2).mkv");
            assertThat(TestJobs.names(elsewhere)).containsExactlyInAnyOrder("clip.mkv", "clip (2).mkv");
        } finally {
            try (Stream<Path> files = Files.list(elsewhere)) {
                for (Path left : files.toList()) {
                    Files.delete(left);
                }
            }
            Files.delete(elsewhere);
        }
    }
}
