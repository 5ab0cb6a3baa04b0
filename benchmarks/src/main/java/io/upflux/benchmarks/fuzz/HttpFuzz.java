package io.upflux.benchmarks.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends damaged requests and messages to a server, and keeps those that it did not take as it should. */
@Command(
        name = "http-fuzz",
        mixinStandardHelpOptions = true,
        description = "Sends damaged HTTP requests and WebSocket messages to a server of its own.")
public final class HttpFuzz implements Callable<Integer> {
    private static final double MOST_GROWTH = 0.05;

    /** Requests between two looks at the server. */
    private static final int LOOK = 50;

    @Option(names = "--inputs", defaultValue = "10000", description = "How many (default: ${DEFAULT-VALUE}).")
    private long inputs;

    @Option(names = "--seed", defaultValue = "1", description = "Of the first; each next one is 1 more.")
    private long seed;

    @Option(names = "--findings", defaultValue = "fuzz", description = "Where findings are kept, named by their seeds.")
    private Path findings = Path.of("fuzz");

    private final Requests requests = new Requests();
    private int found;

    /** Ends the process with 0 when nothing was found. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new HttpFuzz()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Files.createDirectories(findings);
        Path folder = Files.createTempDirectory("upflux-http-fuzz");
        try {
            Corpus.clip(folder.resolve("h264.mp4"));
            try (FuzzedServer server = new FuzzedServer(folder)) {
                attack(server);
            }
        } finally {
            Files.copy(folder.resolve("server.log"), findings.resolve("server.log"));
            delete(folder);
        }
        return found == 0 ? 0 : 1;
    }

    private void attack(FuzzedServer server) throws IOException {
        long warm = 0;
        long threads = 0;
        for (long i = 0; i < inputs; i++) {
            Requests.Request request = requests.damaged(seed + i);
            keep(request, i, server.tried(request));
            if (i % LOOK == LOOK - 1 || i == inputs - 1) {
                String state = server.state();
                keep(request, i, state);
                if (!state.isEmpty()) {
                    return;
                }
            }
            if (i == inputs / 4) {
                warm = server.resident();
                threads = server.threads();
            }
        }
        long resident = server.resident();
        boolean grown = resident > (1 + MOST_GROWTH) * warm;
        System.out.printf(
                "inputs %d, findings %d, memory %d to %d MiB%s, threads %d to %d%n",
                inputs, found, warm >> 20, resident >> 20, grown ? " (grown)" : "", threads, server.threads());
    }

    private void keep(Requests.Request request, long index, String what) throws IOException {
        if (what.isEmpty()) {
            return;
        }
        found++;
        System.err.println((seed + index) + ": " + what);
        String text = new String(request.head(), StandardCharsets.ISO_8859_1)
                + new String(request.rest(), StandardCharsets.ISO_8859_1);
        Files.writeString(findings.resolve((seed + index) + ".request"), text, StandardCharsets.ISO_8859_1);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
