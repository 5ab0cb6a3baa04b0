package io.upflux.benchmarks.cancel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;
import io.upflux.server.bench.NativeBalance;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.ServerConfig;
import io.upflux.server.http.LiveServer;
import io.upflux.server.job.Jobs;
import io.upflux.server.live.LiveStreams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends a small clip to a server in this process again and again, and cancels each job over HTTP at another instant. */
@Command(
        name = "cancel-served",
        mixinStandardHelpOptions = true,
        description = "Sends jobs to a server and cancels them at random instants; ends with 1 when something is left.")
public final class CancelServed implements Callable<Integer> {
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 20;

    @Option(names = "--jobs", defaultValue = "1000", description = "How many at most (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(names = "--seconds", defaultValue = "86400", description = "None is begun after so many.")
    private long seconds;

    @Option(names = "--warm", defaultValue = "10", description = "How many before anything is counted.")
    private int warm;

    @Option(names = "--seed", defaultValue = "1", description = "Of the instants.")
    private long seed;

    @Option(names = "--growth", defaultValue = "0.05", description = "By what part resident memory may grow.")
    private double growth;

    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private URI address = URI.create("http://127.0.0.1");

    private int cancelled;

    /** Ends the process with 0 when nothing was left behind. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CancelServed()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Catalogue catalogue = Catalogue.standard();
        try (Ground ground = new Ground(catalogue)) {
            Path folder = ground.folder().resolve("jobs");
            ServerConfig config = ConfigFile.parse("cancel-served", """
                    address: 127.0.0.1:0
                    jobs: {folder: %s, minFree: 1M}
                    """.formatted(folder), Map.of());
            try (LiveStreams streams = new LiveStreams(config, new OpenModels(catalogue));
                    Jobs all = Jobs.open(Objects.requireNonNull(config.jobs()), config.allowedSources());
                    LiveServer server = LiveServer.start(config, streams, all, catalogue.list())) {
                all.start();
                address = URI.create("http://127.0.0.1:" + server.address().getPort());
                try {
                    return attack(ground.clip(), folder);
                } finally {
                    all.stop();
                }
            }
        }
    }

    private int attack(Path clip, Path folder) throws IOException, InterruptedException {
        Random random = new Random(seed);
        long whole = whole(clip);
        for (int i = 0; i < warm; i++) {
            job(clip, (long) (random.nextDouble() * whole), i);
        }
        NativeBalance before = NativeBalance.now();
        List<Path> files = files(folder);
        cancelled = 0;
        int done = 0;
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (done < jobs && System.nanoTime() < limit) {
            job(clip, (long) (random.nextDouble() * whole), done++);
        }
        boolean asBefore = Ground.isAsBefore(before, growth);
        long processes = ProcessHandle.current().descendants().count();
        List<Path> left = files(folder);
        left.removeAll(files);
        System.out.println(cancelled + " of " + done + " jobs cancelled before their end; left: " + processes
                + " processes, files " + left);
        return asBefore && processes == 0 && left.isEmpty() ? 0 : 1;
    }

    /** Has one done to its end. @return nanoseconds */
    private long whole(Path clip) throws IOException, InterruptedException {
        long start = System.nanoTime();
        String job = created(clip);
        while (!state(job).equals("done")) {
            Thread.sleep(LOOK_MILLIS);
        }
        long nanos = System.nanoTime() - start;
        send("DELETE", job, BodyPublishers.noBody(), 204);
        return nanos;
    }

    /** One that is deleted, or cancelled and deleted. */
    private void job(Path clip, long nanos, int number) throws IOException, InterruptedException {
        String job = created(clip);
        TimeUnit.NANOSECONDS.sleep(nanos);
        boolean ended = state(job).equals("done");
        cancelled += ended ? 0 : 1;
        if (number % 2 == 1 && !ended) {
            // It may have ended in between, which is a conflict.
            send("PATCH", job, BodyPublishers.ofString("{\"state\": \"cancelled\"}"), 200, 409);
        }
        send("DELETE", job, BodyPublishers.noBody(), 204);
    }

    private String created(Path clip) throws IOException, InterruptedException {
        return send("POST", "/api/v1/jobs?name=clip.mkv&model=bicubic-x2", BodyPublishers.ofFile(clip), 201)
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private String state(String job) throws IOException, InterruptedException {
        JsonNode tree =
                mapper.readTree(send("GET", job, BodyPublishers.noBody(), 200).body());
        String state = tree.path("state").asText();
        if (state.equals("failed")) {
            throw new IllegalStateException(
                    "a job has failed: " + tree.path("error").asText());
        }
        return state;
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body, int... wanted)
            throws IOException, InterruptedException {
        boolean json = method.equals("PATCH");
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(address.resolve(path))
                        .header("Content-Type", json ? "application/json" : "video/x-matroska")
                        .timeout(ANSWER)
                        .method(method, body)
                        .build(),
                BodyHandlers.ofString());
        for (int status : wanted) {
            if (answer.statusCode() == status) {
                return answer;
            }
        }
        throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }

    /** All but those that the database comes and goes with. */
    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.getFileName().toString().endsWith(".db"))
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }
}
