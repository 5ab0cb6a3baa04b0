package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void theFolderIsTheUsersForCaches() {
        assertThat(CacheFolder.in(Map.of("UPFLUX_CACHE", "here"))).isEqualTo(Path.of("here"));
        if (!System.getProperty("os.name").startsWith("Windows")) {
            assertThat(CacheFolder.in(Map.of("XDG_CACHE_HOME", "/caches"))).isEqualTo(Path.of("/caches/upflux"));
        }
        assertThat(CacheFolder.in(Map.of()).toString())
                .startsWith(System.getProperty("user.home"))
                .endsWith("upflux");
    }
}
