package io.upflux.cluster;

import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.ScaleChoice;
import io.upflux.pipeline.StreamException;
import io.upflux.server.cli.Console;
import io.upflux.server.cli.ModelOptions;
import io.upflux.server.cli.SizeOptions;
import io.upflux.server.cli.TimeConverter;
import io.upflux.server.cli.UpscaleOptions;
import io.upflux.server.cli.Version;
import io.upflux.server.segment.SegmentPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upflux cluster run}: a library of videos into a folder. */
@Command(
        name = "run",
        description = {
            "Make all videos of a library larger and sharper. Run again after a stop, it continues. Embedded unless",
            "spark-submit or --conf says where."
        },
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "INPUT",
            description = {
                "Videos, folders (all videos below them), tables (.csv with a header, .parquet) with a column 'input' and,",
                "if wanted, 'output'; on any file system of Hadoop's."
            })
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FOLDER",
            description = "Folder to write into, on any of them.")
    private String output = "";

    @Mixin
    private SizeOptions size = new SizeOptions();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private UpscaleOptions options = new UpscaleOptions();

    @Option(
            names = "--segment",
            paramLabel = "T",
            converter = TimeConverter.class,
            description = "How much of a video one task is (default: 10s).")
    private @Nullable Duration segment;

    @Option(
            names = "--conf",
            paramLabel = "KEY=VALUE",
            description = "Property of Spark's; may be repeated. spark.master says where (default: local[*]).")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--no-progress", description = "Show no progress.")
    private boolean noProgress;

    @Option(names = "--json", description = "Outcome of each film and of all as JSON, on standard output.")
    private boolean json;

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        refuseWhatCannotBe();
        ScaleChoice choice = size.choice(models);
        encoding(choice, models.threads()); // a wrong value shows before anything is begun
        List<ModelCopy> copies = choice.candidates(Catalogue.standard(), models.model()).stream()
                .map(ModelCopy::of)
                .toList();
        try (Session session = Session.open(properties, models.threads())) {
            return run(session.spark(), session.threads(), choice, copies);
        }
    }

    private int run(SparkSession session, int threads, ScaleChoice choice, List<ModelCopy> copies) {
        long begun = System.nanoTime();
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        Configuration stores = spark.hadoopConfiguration();
        Path folder = Stores.qualified(output, stores);
        List<FilmOutcome> outcomes = new ArrayList<>();
        Collection<Film> films =
                Library.of(session, inputs, output, (film, reason) -> outcomes.add(FilmOutcome.failed(film, reason)));
        DriverMetrics.begin(films.size() + outcomes.size());
        DriverMetrics.FAILED.set(outcomes.size());
        LongAccumulator frames = spark.sc().longAccumulator("upflux.frames");
        try (OutputLock lock = OutputLock.take(folder, spark.sc().applicationId() + " on " + Warm.host(), stores);
                Progress progress = new Progress(console, !noProgress, frames)) {
            Order order = order(choice, copies, threads, new SerializableConfiguration(stores));
            outcomes.addAll(new LibraryRun(spark, order, lock, frames, json ? this::tell : outcome -> {}).run(films));
        }
        return end(new Report(outcomes, (System.nanoTime() - begun) / 1e9));
    }

    private Order order(ScaleChoice choice, List<ModelCopy> copies, int threads, SerializableConfiguration stores) {
        return new Order(
                options.input(false),
                encoding(choice, threads),
                choice,
                copies,
                models.device(),
                threads,
                models.halting(),
                options.reuse(),
                options.guard(),
                segment == null ? SegmentPlan.SECONDS : segment.toMillis() / 1000.0,
                Version.number(),
                stores);
    }

    /** Of each film as soon as it has ended, for programs. */
    private void tell(FilmOutcome outcome) {
        console.out().println(Report.json(outcome).put("event", "film"));
    }

    private int end(Report report) {
        report.table().forEach(console::say);
        console.say(String.format(
                "%d done, %d there already, %d failed",
                report.count(FilmOutcome.State.DONE),
                report.count(FilmOutcome.State.PRESENT),
                report.count(FilmOutcome.State.FAILED)));
        if (json) {
            console.out().println(report.json());
        }
        return report.count(FilmOutcome.State.FAILED) > 0 ? 1 : 0;
    }

    private OutputOptions encoding(ScaleChoice choice, int threads) {
        try {
            return options.output(choice.height(), threads);
        } catch (StreamException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private void refuseWhatCannotBe() {
        if (options.readsNothing()) {
            throw wrong("--duration must be more than 0");
        }
        if (segment != null && segment.compareTo(Duration.ofSeconds(1)) < 0) {
            throw wrong("--segment is 1s at least");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
