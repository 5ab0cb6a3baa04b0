package io.upflux.server.bench;

import io.upflux.server.bench.Plot.Axis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cost and memory against how much there is to do, both as multiples, as an SVG picture whose axes double. */
public final class ScalingPlot {
    private static final double MOST = 256;
    private static final List<Double> MARKS = List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0);

    private ScalingPlot() {}

    /** @return a whole SVG document */
    public static String of(List<ScalingResult> results) {
        Plot plot = new Plot(
                new Axis("times as much", MOST, true, MARKS, "%.0f"),
                new Axis("times the cost", MOST, true, MARKS, "%.0f"));
        Map<String, Long> first = new LinkedHashMap<>();
        for (ScalingResult result : results) {
            plot.add(result.of() + ", processor time", result.times(), result.cost());
        }
        for (ScalingResult result : results) {
            if (result.resident() > 0) {
                long least = first.computeIfAbsent(result.of(), any -> result.resident());
                plot.add(result.of() + ", memory", result.times(), (double) result.resident() / least);
            }
        }
        return plot.svg(1, MOST);
    }
}
