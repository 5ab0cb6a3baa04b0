package io.upflux.benchmarks.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tries damaged files in processes of their own, and keeps those that the program did not take as it should. */
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = "Feeds damaged media, networks and configurations to the program.")
public final class Fuzz implements Callable<Integer> {
    @Parameters(paramLabel = "CORPUS", description = "Files or folders to damage, beside those it makes.")
    private List<Path> corpus = List.of();

    @Option(names = "--inputs", defaultValue = "10000", description = "How many (default: ${DEFAULT-VALUE}).")
    private long inputs;

    @Option(names = "--seed", defaultValue = "1", description = "Of the first; each next one is 1 more.")
    private long seed;

    @Option(names = "--jobs", defaultValue = "2", description = "Processes at a time (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(names = "--deadline", defaultValue = "180", description = "Seconds that an input may take.")
    private long deadline;

    @Option(names = "--only", defaultValue = "", description = "Damages files whose names end so, such as .onnx.")
    private String only = "";

    @Option(names = "--findings", defaultValue = "fuzz", description = "Where findings are kept, named by their seeds.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path findings;

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong crashes = new AtomicLong();
    private final AtomicLong hangs = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final List<Memory> memories = new ArrayList<>();
    private final Map<Trial.Reach, Integer> reached = new EnumMap<>(Trial.Reach.class);

    /** Ends the process with 0 when nothing was found and no worker's memory has grown. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Fuzz()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Files.createDirectories(findings);
        Path folder = Files.createTempDirectory("upflux-fuzz");
        ExecutorService threads = Executors.newFixedThreadPool(jobs);
        try {
            Corpus made = Corpus.make(Files.createDirectory(folder.resolve("corpus")), corpus)
                    .only(only);
            // First all of them as they are.
            next.set(-made.files().size());
            Path list = made.listed(folder.resolve("corpus.txt"));
            System.err.println(made.files().size() + " files to damage");
            List<Future<?>> running = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                Path own = folder.resolve("job" + job);
                Path log = findings.resolve("job" + job + ".log");
                running.add(threads.submit(() -> work(made, list, own, log)));
            }
            for (Future<?> job : running) {
                job.get();
            }
        } finally {
            threads.shutdownNow();
            delete(folder);
        }
        System.out.println("inputs " + inputs + ", crashes " + crashes + ", hangs " + hangs + ", other findings "
                + faults + memories.stream().map(Memory::toString).collect(Collectors.joining()) + networks());
        return code(crashes.get() + hangs.get() + faults.get(), memories);
    }

    /** @param memories of the workers that lived to the end */
    static int code(long findings, List<Memory> memories) {
        return findings == 0 && memories.stream().noneMatch(Memory::hasGrown) ? 0 : 1;
    }

    private @Nullable Void work(Corpus made, Path list, Path own, Path log) throws IOException, InterruptedException {
        WorkerProcess worker = new WorkerProcess(list, own, log);
        Memory memory = new Memory();
        try {
            for (long i = next.getAndIncrement(); i < inputs; i = next.getAndIncrement()) {
                long which = i < 0 ? i : seed + i;
                String found;
                try {
                    WorkerProcess.Answer answer = worker.tried(which, Duration.ofSeconds(deadline));
                    found = answer == null ? "hang" : answer.found();
                    if (answer != null) {
                        memory.add(answer.bytes());
                        count(answer.reach());
                    }
                    hangs.addAndGet(answer == null ? 1 : 0);
                    faults.addAndGet(answer != null && !found.isEmpty() ? 1 : 0);
                } catch (IOException e) {
                    found = "crash: " + e.getMessage();
                    crashes.incrementAndGet();
                }
                if ((i + 1) % 1000 == 0) {
                    System.err.println((i + 1) + " of " + inputs);
                }
                if (!found.isEmpty()) {
                    keep(made, which, found);
                }
                if (found.equals("hang") || found.startsWith("crash")) {
                    worker.close();
                    delete(own);
                    worker = new WorkerProcess(list, own, log);
                    memory = new Memory();
                }
            }
        } finally {
            worker.close();
            delete(own);
        }
        synchronized (memories) {
            memories.add(memory);
        }
        return null;
    }

    private synchronized void count(Trial.Reach reach) {
        reached.merge(reach, 1, Integer::sum);
    }

    private synchronized String networks() {
        int run = reached.getOrDefault(Trial.Reach.RUN, 0);
        int loaded = run + reached.getOrDefault(Trial.Reach.LOADED, 0);
        int all = loaded + reached.getOrDefault(Trial.Reach.READ, 0);
        return all == 0 ? "" : ", of " + all + " networks " + loaded + " reached ONNX Runtime and " + run + " ran";
    }

    private void keep(Corpus made, long which, String found) throws IOException {
        System.err.println(which + ": " + found);
        Files.write(findings.resolve(which + "-" + made.original(which).getFileName()), made.input(which));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
