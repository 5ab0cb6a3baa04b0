package io.upflux.server.config;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A secret that signs texts: by HMAC-SHA256 (RFC 2104), in Base64 for URLs without padding. */
public record Secret(String text) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 16;

    /** Null when there is none of the key. */
    static @Nullable Secret of(Settings settings, String key) {
        String text = settings.text(key);
        return text == null ? null : new Secret(check(settings, key, text));
    }

    /** A text that is long enough not to be guessed. */
    static String check(Settings settings, String key, @Nullable String text) {
        if (text == null || text.length() < SHORTEST) {
            throw settings.wrong(key, "must have " + SHORTEST + " characters or more");
        }
        return text;
    }

    public String sign(String signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    /** Without it. */
    @Override
    public String toString() {
        return "Secret";
    }
}
