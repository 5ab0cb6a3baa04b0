package io.upflux.server.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the server proves who it is.
 *
 * @param certificate chain in PEM, the server's own first
 * @param key its private key in PEM (PKCS 8), without a password
 */
public record Tls(Path certificate, Path key) {
    static final Set<String> KEYS = Set.of("certificate", "key");

    static @Nullable Tls of(@Nullable Settings settings) {
        if (settings == null) {
            return null;
        }
        Tls tls = new Tls(file(settings, "certificate"), file(settings, "key"));
        settings.end();
        return tls;
    }

    private static Path file(Settings settings, String key) {
        String text = settings.text(key);
        if (text == null) {
            throw settings.wrong(key, "is missing: a file in PEM");
        }
        try {
            Path file = Path.of(text);
            if (Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw settings.wrong(key, text + " cannot be read");
    }
}
