package io.upflux.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of jobs and streams.
 *
 * @param urls that are posted to, at least one
 * @param secret signs what is sent; null to send it unsigned
 */
public record WebhooksConfig(List<URI> urls, @Nullable Secret secret) {
    static final Set<String> KEYS = Set.of("urls", "secret");

    public WebhooksConfig {
        urls = List.copyOf(urls);
    }

    static @Nullable WebhooksConfig of(@Nullable Settings settings) {
        if (settings == null) {
            return null;
        }
        List<URI> urls =
                settings.list("urls").stream().map(text -> url(settings, text)).toList();
        if (urls.isEmpty()) {
            throw settings.wrong("urls", "is missing: who is told");
        }
        WebhooksConfig config = new WebhooksConfig(urls, Secret.of(settings, "secret"));
        settings.end();
        return config;
    }

    /** Addresses of such services are secret themselves, so a wrong one is not repeated. */
    private static URI url(Settings settings, String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            boolean placed = url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65535;
            if (web && placed && url.getUserInfo() == null && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw settings.wrong("urls", "must be http or https URLs, without a user and a fragment");
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "WebhooksConfig[" + urls.size() + "]";
    }
}
