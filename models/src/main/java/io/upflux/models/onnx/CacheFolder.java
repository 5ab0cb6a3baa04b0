package io.upflux.models.onnx;

import java.nio.file.Path;
import java.util.Map;

/** Where what a machine has found out is kept, for Upflux to find again: a folder that may be deleted at any time. */
public final class CacheFolder {
    private CacheFolder() {}

    /**
     * The user's: {@code $UPFLUX_CACHE}, or else {@code upflux} in {@code $XDG_CACHE_HOME}, {@code %LOCALAPPDATA%} on Windows,
     * or {@code ~/.cache}. It need not exist.
     */
    public static Path path() {
        return in(System.getenv());
    }

    static Path in(Map<String, String> environment) {
        String own = environment.getOrDefault("UPFLUX_CACHE", "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        String caches = environment.getOrDefault(windows ? "LOCALAPPDATA" : "XDG_CACHE_HOME", "");
        return (caches.isBlank() ? Path.of(System.getProperty("user.home", "."), ".cache") : Path.of(caches))
                .resolve("upflux");
    }
}
