package io.upflux.server.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Inference time against the share of windows that were computed, as an SVG picture; the diagonal is cost in proportion. */
public final class ScatterPlot {
    private static final int SIDE = 420;
    private static final int LEFT = 60;
    private static final int TOP = 20;
    private static final int LEGEND = 230;
    /** Largest part of a whole computation that is shown. */
    private static final double MOST = 1.25;

    private static final String[] COLOURS = {
        "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"
    };

    private ScatterPlot() {}

    /** @return a whole SVG document */
    public static String of(List<ScatterResult> results) {
        Map<String, StringBuilder> lines = new LinkedHashMap<>();
        for (ScatterResult result : results) {
            lines.computeIfAbsent(
                            result.model() + " " + result.mode().name().toLowerCase(Locale.ROOT) + ", "
                                    + result.window() + " px",
                            any -> new StringBuilder())
                    .append(point(result.computed(), result.inference()));
        }
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                LEFT + SIDE + LEGEND,
                TOP + SIDE + 50));
        for (int percent = 0; percent <= 100; percent += 25) {
            axis(svg, percent);
        }
        svg.append(line("in proportion", point(0, 0) + point(1, 1), "#bbbbbb\" stroke-dasharray=\"4 4"));
        int index = 0;
        for (Map.Entry<String, StringBuilder> entry : lines.entrySet()) {
            String colour = COLOURS[index % COLOURS.length];
            svg.append(line(entry.getKey(), entry.getValue().toString(), colour));
            int y = TOP + 20 + 18 * index++;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"3\" fill=\"%s\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                    LEFT + SIDE + 15,
                    y - 5,
                    colour,
                    LEFT + SIDE + 35,
                    y,
                    entry.getKey()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void axis(StringBuilder svg, int percent) {
        int x = LEFT + SIDE * percent / 100;
        int y = TOP + (int) Math.round(SIDE * (1 - percent / 100.0 / MOST));
        int bottom = TOP + SIDE;
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%d %dV%dM%d %dH%d\" stroke=\"#dddddd\"/>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d %%</text>"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>%n",
                x,
                TOP,
                bottom,
                LEFT,
                y,
                LEFT + SIDE,
                x,
                bottom + 18,
                percent,
                LEFT - 8,
                y + 4,
                percent));
        if (percent == 0) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">windows computed in each frame, scattered</text>"
                            + "<text transform=\"translate(15 %d) rotate(-90)\" text-anchor=\"middle\">"
                            + "inference time, of a whole computation's</text>%n",
                    LEFT + SIDE / 2,
                    bottom + 40,
                    TOP + SIDE / 2));
        }
    }

    private static String line(String name, String points, String colour) {
        return String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke-width=\"2\" stroke=\"%s\"><title>%s</title></polyline>%n",
                points.strip(),
                colour,
                name);
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f ", LEFT + SIDE * x, TOP + SIDE * (1 - Math.min(y, MOST) / MOST));
    }
}
