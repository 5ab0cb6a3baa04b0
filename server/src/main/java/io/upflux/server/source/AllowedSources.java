package io.upflux.server.source;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What sources may be that somebody asks for. Immutable. */
public final class AllowedSources {
    /** Nothing. */
    public static final AllowedSources NONE = new AllowedSources(List.of(), List.of());

    /** What may be asked of FFmpeg beside the source. Others lead elsewhere, listen, or read files. */
    private static final Set<String> OPTIONS = Set.of(
            "analyzeduration",
            "cookies",
            "fflags",
            "headers",
            "latency",
            "live_start_index",
            "passphrase",
            "pbkeylen",
            "probesize",
            "referer",
            "streamid",
            "user_agent");

    private static final Pattern SRT_QUERY = Pattern.compile(
            "/?(?:\\?(?:(?:(?:streamid|passphrase|pbkeylen|latency|timeout)=[^&]*|mode=caller)(?:&|$))*)?");

    private final List<HostRule> hosts;
    private final List<Path> paths;

    private AllowedSources(List<HostRule> hosts, List<Path> paths) {
        this.hosts = List.copyOf(hosts);
        this.paths = List.copyOf(paths);
    }

    /**
     * Reads rules: absolute folders or files ({@code /srv/media}), and URLs with a host's name ({@code https://*.example.org}), an
     * address or a range of them ({@code rtsp://10.0.0.0/8:554}), and a port or a range of them ({@code :8000-8099}).
     *
     * @throws StreamException in one line, when one is none of these
     */
    public static AllowedSources of(List<String> rules) {
        List<HostRule> hosts = new ArrayList<>();
        List<Path> paths = new ArrayList<>();
        for (String rule : rules) {
            if (rule.contains("://") || !isAbsolute(rule)) {
                hosts.add(HostRule.parse(rule));
            } else {
                paths.add(Path.of(rule));
            }
        }
        return new AllowedSources(hosts, paths);
    }

    /**
     * Refuses what cannot be allowed whatever its name resolves to. Asks the file system for paths, never the network.
     *
     * @param source an absolute path, or a URL
     * @throws SourceRefused in one line
     */
    public void check(String source) {
        if (!SourceUrl.isUrl(source)) {
            file(source);
            return;
        }
        SourceUrl url = SourceUrl.parse(source);
        check(url);
        if (url.scheme().equals("srt") && !SRT_QUERY.matcher(url.path()).matches()) {
            throw new SourceRefused("an SRT source has streamid, passphrase, pbkeylen, latency and timeout only");
        }
        if (url.scheme().startsWith("http") && System.getenv("no_proxy") != null) {
            throw new SourceRefused(
                    "the environment variable no_proxy leads FFmpeg past the guard of sources: start the server without");
        }
    }

    /** @throws SourceRefused when an option of FFmpeg's demuxer and protocol is not for those who ask */
    public static void checkOption(String name) {
        if (!OPTIONS.contains(name)) {
            throw new SourceRefused("source option " + name + ": only the configuration can set it");
        }
    }

    /** Whether some rule is about this scheme. */
    boolean mention(String scheme) {
        return hosts.stream().anyMatch(rule -> rule.scheme().equals(scheme));
    }

    /** @throws SourceRefused unless a rule may allow it, before names are resolved */
    void check(SourceUrl url) {
        if (hosts.stream().noneMatch(rule -> rule.covers(url))) {
            throw new SourceRefused(url + " is not among the allowedSources of the configuration");
        }
    }

    /**
     * Those of a host's addresses that may be connected to.
     *
     * @throws SourceRefused when there are none
     */
    List<InetAddress> permitted(SourceUrl url, List<InetAddress> addresses) {
        List<InetAddress> permitted = addresses.stream()
                .filter(address -> hosts.stream().anyMatch(rule -> rule.permits(url, address)))
                .toList();
        if (permitted.isEmpty()) {
            throw new SourceRefused(url + " has no address that the allowedSources of the configuration allow");
        }
        return permitted;
    }

    /**
     * The file that a path leads to, links followed.
     *
     * @throws SourceRefused when no rule allows it, or it cannot be read, or is no plain file
     */
    Path file(String path) {
        // What lies elsewhere and what is not there are answered alike: nobody shall learn which files exist.
        SourceRefused refused = new SourceRefused("no such file among the allowedSources of the configuration");
        try {
            Path asked = Path.of(path);
            boolean plain = path.chars().noneMatch(Character::isISOControl) && asked.isAbsolute();
            if (!plain || !asked.normalize().equals(asked)) {
                throw new SourceRefused("a source's path is absolute, without .. and control characters");
            }
            if (paths.stream().noneMatch(asked::startsWith)) {
                throw refused;
            }
            Path real = asked.toRealPath();
            for (Path allowed : paths) {
                if (Files.exists(allowed) && real.startsWith(allowed.toRealPath()) && Files.isRegularFile(real)) {
                    return real;
                }
            }
            throw refused;
        } catch (InvalidPathException e) {
            throw new SourceRefused("not a file name: " + e.getReason(), e);
        } catch (IOException e) {
            throw refused;
        }
    }

    private static boolean isAbsolute(String rule) {
        try {
            return Path.of(rule).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
