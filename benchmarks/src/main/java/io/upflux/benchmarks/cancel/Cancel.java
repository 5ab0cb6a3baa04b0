package io.upflux.benchmarks.cancel;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.bench.NativeBalance;
import io.upflux.server.process.Malloc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Upscales a small clip again and again, each time cancelled at another instant, and says what that leaves behind. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "Starts jobs and cancels them at random instants; ends with 1 when something is left behind.")
public final class Cancel implements Callable<Integer> {
    private static final Duration CLOSING = Duration.ofSeconds(60);

    @Option(names = "--jobs", defaultValue = "1000", description = "How many (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(names = "--warm", defaultValue = "50", description = "How many before anything is counted.")
    private int warm;

    @Option(names = "--seed", defaultValue = "1", description = "Of the instants.")
    private long seed;

    @Option(
            names = {"-n", "--model"},
            defaultValue = "plain-s-x2",
            description = "What makes the pictures.")
    private String model = "";

    @Option(names = "--growth", defaultValue = "0.05", description = "By what part resident memory may grow.")
    private double growth;

    @Option(
            names = "--keeping",
            defaultValue = "32768",
            description =
                    "Bytes from malloc that a job may leave, where the C library tells (default: ${DEFAULT-VALUE}).")
    private long keeping;

    @Option(names = "--plant", defaultValue = "0", description = "Bytes that each job takes from malloc and keeps.")
    private long planted;

    private final Catalogue catalogue = Catalogue.standard();

    /** What a job takes that nobody cancels, from the opened files on. */
    private long wholeNanos = Long.MAX_VALUE;

    private int completed;

    /** Ends the process with 0 when nothing was left behind. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Cancel()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Ground ground = new Ground(catalogue)) {
            Path clip = ground.clip();
            Random random = new Random(seed);
            job(clip, 1);
            for (int i = 0; i < warm; i++) {
                job(clip, random.nextDouble());
            }
            NativeBalance before = NativeBalance.now();
            completed = 0;
            long[] held = new long[jobs];
            for (int i = 0; i < jobs; i++) {
                job(clip, random.nextDouble());
                held[i] = Malloc.inUse();
            }
            boolean asBefore = Ground.isAsBefore(before, growth);
            System.out.println((jobs - completed) + " of " + jobs + " jobs cancelled before their end");
            long kept = kept(held);
            System.out.println(kept + " bytes from malloc kept by each");
            return asBefore && kept <= keeping ? 0 : 1;
        }
    }

    /** By what each job adds to what is held, unmoved by what comes and goes: the median over jobs that are half of all apart. */
    private static long kept(long[] held) {
        int apart = held.length / 2;
        return IntStream.range(0, apart)
                        .mapToLong(i -> held[i + apart] - held[i])
                        .sorted()
                        .skip(apart / 2)
                        .findFirst()
                        .orElse(0)
                / Math.max(1, apart);
    }

    /**
     * One job, from opening its model to closing it.
     *
     * @param part of its time after which it is cancelled
     */
    private void job(Path clip, double part) throws IOException {
        Path output = clip.resolveSibling("out.mkv");
        if (planted > 0) {
            Pointer.malloc(planted);
        }
        try (SuperResolver resolver = catalogue.open(catalogue.find(model, null), Device.CPU);
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none());
                MediaSink sink =
                        MediaSink.create(output.toString(), OutputOptions.defaults(), source, Notices.none())) {
            UpscalePipeline pipeline =
                    UpscalePipeline.of(source, resolver, sink).reuse(ReuseMode.EXACT, map -> {});
            long start = System.nanoTime();
            pipeline.run().take(Duration.ofNanos((long) (part * wholeNanos))).blockLast();
            pipeline.closed().block(CLOSING);
            if (Files.exists(output)) {
                completed++;
                // Later ones are faster, and shall be cancelled as well.
                wholeNanos = System.nanoTime() - start;
            }
        }
        Files.deleteIfExists(output);
        List<Path> others = others(clip);
        if (!others.isEmpty()) {
            throw new IllegalStateException("left behind: " + others);
        }
    }

    private static List<Path> others(Path clip) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(String.valueOf(clip.getParent())))) {
            return files.filter(file -> !file.equals(clip)).toList();
        }
    }
}
