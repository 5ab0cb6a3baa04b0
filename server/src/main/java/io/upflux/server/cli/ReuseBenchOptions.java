package io.upflux.server.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code upflux bench} measures reuse with. */
final class ReuseBenchOptions {
    /** Small ones of each kind of network. */
    private static final String MODELS = "plain-m,adaformer-s,adaformer-v-s,esc-s";

    @Option(
            names = "--reuse",
            description = {
                "Measure instead what reusing earlier frames gains and costs: off, exact and near in one run, on drawn",
                "slides and screens, on --truth, or on each INPUT, in processor time of one inference thread; MODEL",
                "may be several, separated by commas (default: " + MODELS + ")."
            })
    private boolean reuse;

    @Option(
            names = "--scattered",
            description = "With --reuse: time against the share of windows that change, scattered over a pattern.")
    private boolean scattered;

    @Option(
            names = "--truth",
            paramLabel = "FOLDER",
            description = "With --reuse: lossless videos, from which small ones are made to be compared with them.")
    private @Nullable Path truth;

    @Option(
            names = "--crf",
            paramLabel = "N",
            split = ",",
            defaultValue = "18,23,28",
            description = "With --reuse: qualities at which clips with ground truth are encoded (default: 18,23,28).")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private List<Integer> crf;

    @Option(
            names = "--tables",
            paramLabel = "FOLDER",
            description =
                    "Where tables (Markdown), plots (SVG) and, with --reuse, pictures of the worst blocks (PNG) go.")
    private @Nullable Path tables;

    boolean reuse() {
        return reuse;
    }

    boolean scattered() {
        return scattered;
    }

    /** Null without. */
    @Nullable
    Path truth() {
        return truth;
    }

    List<Integer> crf() {
        return crf;
    }

    TableFolder tables() {
        return new TableFolder(tables);
    }

    /** Names to look up: those asked for, or the usual ones. */
    static List<String> models(@Nullable String asked) {
        return List.of((asked == null ? MODELS : asked).split(","));
    }
}
