package io.upflux.server.job;

import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Files in some folders, links followed, and URLs that begin like some others. */
final class AllowedSources implements SourceRules {
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://.*");

    private final List<Path> folders = new ArrayList<>();
    private final List<URI> urls = new ArrayList<>();

    /** @param sources folders and beginnings of URLs */
    AllowedSources(List<String> sources) {
        for (String source : sources) {
            URI url = URL.matcher(source).matches() ? url(source) : null;
            if (url != null) {
                urls.add(url);
            } else {
                folders.add(Path.of(source).toAbsolutePath().normalize());
            }
        }
    }

    @Override
    public String check(String input) {
        if (URL.matcher(input).matches()) {
            URI url = url(input);
            if (url == null || urls.stream().noneMatch(allowed -> leadsInto(allowed, url))) {
                throw forbidden(input);
            }
            return input;
        }
        return file(input).toString();
    }

    private Path file(String input) {
        try {
            // Whether a file exists is told only where it may be read.
            Path path = Path.of(input);
            Path lexical = path.normalize();
            if (!path.isAbsolute() || folders.stream().noneMatch(lexical::startsWith)) {
                throw forbidden(input);
            }
            if (!Files.exists(path)) {
                throw new JobRefusal(Reason.ABSENT, input + ": no such file");
            }
            Path real = path.toRealPath();
            for (Path folder : folders) {
                if (Files.isDirectory(folder) && real.startsWith(folder.toRealPath())) {
                    if (!Files.isRegularFile(real)) {
                        throw new JobRefusal(Reason.FORBIDDEN, input + ": is no file");
                    }
                    return real;
                }
            }
            throw forbidden(input);
        } catch (InvalidPathException | IOException e) {
            throw forbidden(input);
        }
    }

    /** Same server, and a path below; nothing that servers and FFmpeg may read in different ways. */
    private static boolean leadsInto(URI allowed, URI url) {
        String path = Objects.requireNonNullElse(url.getRawPath(), "");
        String lower = path.toLowerCase(Locale.ROOT);
        boolean plain = url.getRawUserInfo() == null
                && !path.contains("/..")
                && !path.contains("\\")
                && !lower.contains("%2e")
                && !lower.contains("%2f")
                && !lower.contains("%5c");
        String below = Objects.requireNonNullElse(allowed.getRawPath(), "");
        return plain
                && same(allowed.getScheme(), url.getScheme())
                && same(allowed.getHost(), url.getHost())
                && allowed.getPort() == url.getPort()
                && (path.equals(below) || path.startsWith(below.endsWith("/") ? below : below + "/"));
    }

    private static boolean same(@Nullable String one, @Nullable String other) {
        return one != null && one.equalsIgnoreCase(other);
    }

    private static @Nullable URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static JobRefusal forbidden(String input) {
        return new JobRefusal(Reason.FORBIDDEN, input + ": jobs may not read this; jobs.sources can allow it");
    }
}
