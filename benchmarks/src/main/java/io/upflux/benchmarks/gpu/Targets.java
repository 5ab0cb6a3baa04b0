package io.upflux.benchmarks.gpu;

import io.upflux.benchmarks.gpu.Target.Kind;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.models.sharing.OpenModels;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.reuse.ReuseMode;
import io.upflux.server.bench.DeviceBench;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures every target, keeps what each gave as a table and as JSON, and prints the table. */
@Command(
        name = "targets",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what is wanted of a GPU: networks alone, frame to frame, and streams at once, from memory to nowhere.",
            "Ends with 1 when something could not be measured."
        })
public final class Targets implements Callable<Integer> {
    private final Catalogue catalogue = Catalogue.standard(new Warnings());

    @Option(
            names = "--case",
            split = ",",
            description = "Only these of: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private List<String> cases = Target.names();

    @Option(names = "--device", defaultValue = "auto", description = "auto, cpu, cuda[:INDEX] or tensorrt[:INDEX].")
    private String device = "auto";

    @Option(names = "--seconds", defaultValue = "10", description = "Of each measurement, about (default: 10).")
    private double seconds;

    @Option(
            names = "--size",
            description = "WIDTHxHEIGHT of all frames instead of what the targets say: to try it out.")
    private @Nullable String size;

    @Option(names = "--output", description = "Folder for targets.md and targets.json.")
    private @Nullable Path output;

    @Option(names = "--add", description = "Keep what these files have of other cases.")
    private boolean adding;

    @Option(names = "--list", description = "Print the names of all cases and end.")
    private boolean listing;

    @Option(
            names = "--pictures",
            description = "Folder for MODEL.f32: what each network makes of one picture of --picture-size, to compare.")
    private @Nullable Path pictures;

    @Option(names = "--picture-size", defaultValue = "128x64", description = "Of it (default: 128x64).")
    private String pictureSize = "128x64";

    /** For the help. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Names() {
            super(Target.names());
        }
    }

    private static final class Warnings implements Notices {
        @Override
        public void warning(String line) {
            System.err.println(line);
        }

        @Override
        public void info(String line) {
            System.err.println(line);
        }
    }

    /** Ends the process. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Targets());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof StreamException) {
                System.err.println("targets: " + e.getMessage());
                return 1;
            }
            throw e;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (listing) {
            Target.names().forEach(System.out::println);
            return 0;
        }
        List<Target> targets = new ArrayList<>();
        for (String name : cases) {
            if (!Target.names().contains(name)) {
                throw new StreamException(
                        "no case is named '" + name + "'; there are " + String.join(", ", Target.names()));
            }
            targets.add(Target.values()[Target.names().indexOf(name)]);
        }
        int[] own = size == null ? null : sides(size);
        Device where = Device.parse(device);
        ResultFiles files = new ResultFiles(output, adding);
        List<Reached> all = new ArrayList<>();
        for (Target target : targets) {
            int[] sides = own == null ? new int[] {target.width(), target.height()} : own;
            System.err.println("measuring " + target + "...");
            // Stays should the process end here.
            files.put(failed(target, sides, "it did not end"));
            Reached one;
            try {
                one = measure(target, sides, where);
            } catch (RuntimeException e) {
                one = failed(target, sides, String.valueOf(e instanceof StreamException ? e.getMessage() : e));
            }
            files.put(one);
            all.add(one);
        }
        System.out.print(Reached.table(all));
        return all.stream().allMatch(one -> one.failed() == null) ? 0 : 1;
    }

    private static Reached failed(Target target, int[] sides, String reason) {
        return Reached.failed(target, sides[0] + "x" + sides[1], reason);
    }

    private Reached measure(Target target, int[] sides, Device where) throws IOException {
        ModelCard card = catalogue.find(target.model(), null);
        DeviceBench bench = new DeviceBench(sides[0], sides[1], seconds);
        try (SuperResolver resolver = catalogue.open(card, where)) {
            keep(card, resolver);
            double network = bench.network(resolver);
            double fps;
            Double late = null;
            Double busy;
            try (GpuLoad load = GpuLoad.of(where.index())) {
                Runnable begins = resolver.traits().onGpu() ? load::begin : () -> {};
                if (target.kind() == Kind.STREAMS) {
                    DeviceBench.Streamed streamed = streams(target, card, bench, where, begins);
                    late = 1000 * streamed.late()[(int) (0.99 * (streamed.late().length - 1))];
                    fps = streamed.fps();
                } else {
                    boolean still = target.kind() == Kind.STILL;
                    fps = bench.chain(resolver, still ? ReuseMode.EXACT : ReuseMode.OFF, still, network, begins);
                }
                OptionalDouble seen = load.stop();
                busy = seen.isPresent() ? seen.getAsDouble() : null;
            }
            return new Reached(
                    target.toString(),
                    card.name(),
                    sides[0] + "x" + sides[1],
                    resolver.traits().provider(),
                    resolver.traits().precision(),
                    network,
                    2.0 * card.macs() * sides[0] * sides[1] * network / 1e12,
                    fps,
                    target.kind() == Kind.STREAMS ? Target.STREAMS * target.fps() : target.fps(),
                    late,
                    busy,
                    null);
        }
    }

    private DeviceBench.Streamed streams(
            Target target, ModelCard card, DeviceBench bench, Device where, Runnable begins) {
        OpenModels shared = new OpenModels(catalogue);
        return bench.streams(() -> shared.open(card, where, 0, Halting.OFF), Target.STREAMS, target.fps(), begins);
    }

    private void keep(ModelCard card, SuperResolver resolver) throws IOException {
        if (pictures == null) {
            return;
        }
        int[] sides = sides(pictureSize);
        float[] made = new DeviceBench(sides[0], sides[1], seconds).picture(resolver);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * made.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(made);
        Files.createDirectories(pictures);
        Files.write(pictures.resolve(card.name() + ".f32"), bytes.array());
    }

    private static int[] sides(String text) {
        if (!text.matches("[1-9][0-9]{1,3}x[1-9][0-9]{1,3}")) {
            throw new StreamException("'" + text + "' is no size; write WIDTHxHEIGHT, such as 960x540");
        }
        String[] sides = text.split("x");
        return new int[] {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
    }
}
