package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedSourcesTest {
    @TempDir
    private Path root;

    private AllowedSources sources;

    @BeforeEach
    void makeFolders() throws IOException {
        Path films = Files.createDirectory(root.resolve("films"));
        Files.createDirectory(root.resolve("films-private"));
        Files.writeString(films.resolve("a.mp4"), "film");
        Files.writeString(root.resolve("secret.mp4"), "secret");
        Files.writeString(root.resolve("films-private/b.mp4"), "private");
        Files.createSymbolicLink(films.resolve("link.mp4"), root.resolve("secret.mp4"));
        Files.createSymbolicLink(films.resolve("folder"), root);
        Files.createSymbolicLink(films.resolve("inside.mp4"), films.resolve("a.mp4"));
        sources = new AllowedSources(List.of(films.toString(), "https://media.example/films/"));
    }

    @Test
    void filesInAllowedFoldersAreTheirRealPaths() throws IOException {
        Path real = root.toRealPath().resolve("films/a.mp4");
        assertThat(sources.check(root + "/films/a.mp4")).isEqualTo(real.toString());
        assertThat(sources.check(root + "/films/../films/a.mp4")).isEqualTo(real.toString());
        assertThat(sources.check(root + "/films/inside.mp4")).isEqualTo(real.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s/secret.mp4",
                "%s/films/../secret.mp4",
                "%s/films/link.mp4",
                "%s/films/folder/secret.mp4",
                "%s/films/folder",
                "%s/films",
                "%s/films-private/b.mp4",
                "%s/not-there.mp4",
                "films/a.mp4",
                "a.mp4",
                "-",
                "",
                "file:%s/films/a.mp4",
                "file://%s/films/a.mp4",
                "concat:%s/films/a.mp4|/etc/passwd",
                "pipe:0",
                "/dev/stdin",
                "/proc/self/environ"
            })
    void otherPathsAreNot(String input) {
        assertRefused(input.formatted(root), Reason.FORBIDDEN);
    }

    @Test
    void whatIsNotThereIsToldWhereItMayBe() {
        assertRefused(root + "/films/none.mp4", Reason.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://media.example/films/a.mp4",
                "https://MEDIA.example/films/deep/er/a.mp4?quality=1",
                "HTTPS://media.example/films/a%20b.mp4"
            })
    void urlsThatBeginSoAre(String input) {
        assertThat(sources.check(input)).isEqualTo(input);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://media.example/films/a.mp4",
                "https://media.example/",
                "https://media.example/films",
                "https://media.example/filmsecret/a.mp4",
                "https://media.example/films/../private/a.mp4",
                "https://media.example/films/%2e%2e/private/a.mp4",
                "https://media.example/films/..%2fprivate/a.mp4",
                "https://media.example/films/..\\private/a.mp4",
                "https://media.example:8443/films/a.mp4",
                "https://media.example@evil.example/films/a.mp4",
                "https://evil@media.example/films/a.mp4",
                "https://media.example.evil.example/films/a.mp4",
                "https://evil.example/https://media.example/films/a.mp4",
                "https://evil.example#https://media.example/films/",
                "https:///films/a.mp4",
                "rtsp://media.example/films/a"
            })
    void otherUrlsAreNot(String input) {
        assertRefused(input, Reason.FORBIDDEN);
    }

    @Test
    void nothingIsAllowedByDefault() {
        sources = new AllowedSources(List.of());
        assertRefused(root + "/films/a.mp4", Reason.FORBIDDEN);
        assertRefused("https://media.example/films/a.mp4", Reason.FORBIDDEN);
    }

    private void assertRefused(String input, Reason reason) {
        assertThatThrownBy(() -> sources.check(input))
                .isInstanceOfSatisfying(
                        JobRefusal.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .message()
                .startsWith(input);
    }
}
