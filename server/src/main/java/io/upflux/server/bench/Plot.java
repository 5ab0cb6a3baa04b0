package io.upflux.server.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines between two axes as an SVG picture, with a dashed one for what grows in proportion. */
final class Plot {
    private static final int SIDE = 420;
    private static final int LEFT = 60;
    private static final int TOP = 20;
    private static final int LEGEND = 230;

    private static final String[] COLOURS = {
        "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"
    };

    private final Axis across;
    private final Axis up;
    private final Map<String, StringBuilder> lines = new LinkedHashMap<>();

    /**
     * One axis, which begins at the first mark.
     *
     * @param label what is told along it
     * @param most largest value that is shown
     * @param doubling whether equal steps double the value
     * @param marks values at which there is a line
     * @param format of the marks' texts, for a number
     */
    record Axis(String label, double most, boolean doubling, List<Double> marks, String format) {
        /** 0 at its beginning, 1 at its end. */
        private double at(double value) {
            double least = marks.get(0);
            double shown = Math.min(Math.max(value, least), most);
            return doubling ? Math.log(shown / least) / Math.log(most / least) : (shown - least) / (most - least);
        }
    }

    Plot(Axis across, Axis up) {
        this.across = across;
        this.up = up;
    }

    /** The next point of a line. */
    void add(String line, double x, double y) {
        lines.computeIfAbsent(line, any -> new StringBuilder()).append(point(x, y));
    }

    /**
     * @param least where the line of proportion begins, on both axes
     * @param most where it ends
     * @return a whole SVG document
     */
    String svg(double least, double most) {
        StringBuilder svg = new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                LEFT + SIDE + LEGEND, TOP + SIDE + 50));
        int bottom = TOP + SIDE;
        for (double mark : across.marks()) {
            long x = Math.round(x(mark));
            svg.append(format("<path d=\"M%d %dV%d\" stroke=\"#dddddd\"/>", x, TOP, bottom));
            svg.append(format(
                            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">" + across.format(), x, bottom + 18, mark))
                    .append(format("</text>%n"));
        }
        for (double mark : up.marks()) {
            long y = Math.round(y(mark));
            svg.append(format("<path d=\"M%d %dH%d\" stroke=\"#dddddd\"/>", LEFT, y, LEFT + SIDE));
            svg.append(format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">" + up.format(), LEFT - 8, y + 4, mark))
                    .append(format("</text>%n"));
        }
        svg.append(format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
                        + "<text transform=\"translate(15 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                LEFT + SIDE / 2, bottom + 40, across.label(), TOP + SIDE / 2, up.label()));
        svg.append(line("in proportion", point(least, least) + point(most, most), "#bbbbbb\" stroke-dasharray=\"4 4"));
        int index = 0;
        for (Map.Entry<String, StringBuilder> entry : lines.entrySet()) {
            String colour = COLOURS[index % COLOURS.length];
            svg.append(line(entry.getKey(), entry.getValue().toString(), colour));
            int y = TOP + 20 + 18 * index++;
            svg.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"3\" fill=\"%s\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                    LEFT + SIDE + 15, y - 5, colour, LEFT + SIDE + 35, y, entry.getKey()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String line(String name, String points, String colour) {
        return format(
                "<polyline points=\"%s\" fill=\"none\" stroke-width=\"2\" stroke=\"%s\"><title>%s</title></polyline>%n",
                points.strip(), colour, name);
    }

    private String point(double x, double y) {
        return format("%.1f,%.1f ", x(x), y(y));
    }

    private double x(double value) {
        return LEFT + SIDE * across.at(value);
    }

    private double y(double value) {
        return TOP + SIDE * (1 - up.at(value));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
