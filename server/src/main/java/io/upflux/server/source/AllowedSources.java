package io.upflux.server.source;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What sources may be that somebody asks for. Immutable. */
public final class AllowedSources {
    /** Nothing. */
    public static final AllowedSources NONE = new AllowedSources(List.of(), List.of());

    private final List<HostRule> hosts;
    private final List<Path> folders;

    private AllowedSources(List<HostRule> hosts, List<Path> folders) {
        this.hosts = List.copyOf(hosts);
        this.folders = List.copyOf(folders);
    }

    /**
     * Reads rules: absolute folders ({@code /srv/media}), and URLs with a host's name ({@code https://*.example.org}), an
     * address or a range of them ({@code rtsp://10.0.0.0/8:554}), and a port or a range of them ({@code :8000-8099}).
     *
     * @throws StreamException in one line, when one is none of these
     */
    public static AllowedSources of(List<String> rules) {
        List<HostRule> hosts = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        for (String rule : rules) {
            if (rule.contains("://") || !isAbsolute(rule)) {
                hosts.add(HostRule.parse(rule));
            } else {
                folders.add(Path.of(rule));
            }
        }
        return new AllowedSources(hosts, folders);
    }

    /** Whether some rule is about this scheme. */
    boolean mention(String scheme) {
        return hosts.stream().anyMatch(rule -> rule.scheme().equals(scheme));
    }

    /** @throws StreamException unless a rule may allow it, before names are resolved */
    void check(SourceUrl url) {
        if (hosts.stream().noneMatch(rule -> rule.covers(url))) {
            throw new StreamException(url + " is not among the allowedSources of the configuration");
        }
    }

    /**
     * Those of a host's addresses that may be connected to.
     *
     * @throws StreamException when there are none
     */
    List<InetAddress> permitted(SourceUrl url, List<InetAddress> addresses) {
        List<InetAddress> permitted = addresses.stream()
                .filter(address -> hosts.stream().anyMatch(rule -> rule.permits(url, address)))
                .toList();
        if (permitted.isEmpty()) {
            throw new StreamException(url + " has no address that the allowedSources of the configuration allow");
        }
        return permitted;
    }

    /**
     * The file that a path leads to, links followed.
     *
     * @throws StreamException when it is not in an allowed folder, or cannot be read, or is no plain file
     */
    Path file(String path) {
        // What lies elsewhere and what is not there are answered alike: nobody shall learn which files exist.
        StreamException refused =
                new StreamException("no such file in a folder that the allowedSources of the configuration name");
        try {
            Path asked = Path.of(path);
            boolean plain = path.chars().noneMatch(Character::isISOControl) && asked.isAbsolute();
            if (!plain || !asked.normalize().equals(asked)) {
                throw new StreamException("a source's path is absolute, without .. and control characters");
            }
            if (folders.stream().noneMatch(asked::startsWith)) {
                throw refused;
            }
            Path real = asked.toRealPath();
            for (Path folder : folders) {
                if (Files.isDirectory(folder) && real.startsWith(folder.toRealPath()) && Files.isRegularFile(real)) {
                    return real;
                }
            }
            throw refused;
        } catch (InvalidPathException e) {
            throw new StreamException("not a file name: " + e.getReason(), e);
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
