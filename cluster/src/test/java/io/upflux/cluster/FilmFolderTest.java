package io.upflux.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilmFolderTest {
    @Test
    void localFilesMayHaveColonsInTheirNames(@TempDir Path made) throws IOException {
        Path joined = Files.writeString(made.resolve("joined"), "a film");
        FilmFolder film = new FilmFolder(made.toUri() + "12:30.mkv", new Configuration());
        film.begin("{}");
        film.put(joined, "whole.mkv");
        film.publish("whole.mkv", false);
        assertThat(film.isPublished()).isTrue();
        assertThat(made.resolve("12:30.mkv")).hasContent("a film");
        assertThat(made).isDirectoryNotContaining("glob:**.{upflux,crc}");
    }
}
