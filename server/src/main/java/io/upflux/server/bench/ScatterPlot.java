package io.upflux.server.bench;

import io.upflux.server.bench.Plot.Axis;
import java.util.List;
import java.util.Locale;

/** Inference time against the share of windows that were computed, as an SVG picture; the diagonal is cost in proportion. */
public final class ScatterPlot {
    private static final List<Double> MARKS = List.of(0.0, 25.0, 50.0, 75.0, 100.0);

    /** Largest part of a whole computation that is shown, in percent. */
    private static final double MOST = 125;

    private ScatterPlot() {}

    /** @return a whole SVG document */
    public static String of(List<ScatterResult> results) {
        Plot plot = new Plot(
                new Axis("windows computed in each frame, scattered", 100, false, MARKS, "%.0f %%"),
                new Axis("inference time, of a whole computation's", MOST, false, MARKS, "%.0f %%"));
        for (ScatterResult result : results) {
            plot.add(
                    result.model() + " " + result.mode().name().toLowerCase(Locale.ROOT) + ", " + result.window()
                            + " px",
                    100 * result.computed(),
                    100 * result.inference());
        }
        return plot.svg(0, 100);
    }
}
