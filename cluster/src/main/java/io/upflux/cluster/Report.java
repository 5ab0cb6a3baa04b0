package io.upflux.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.upflux.cluster.FilmOutcome.State;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What became of a library, as one JSON object and as a table.
 *
 * @param seconds that it took
 */
record Report(List<FilmOutcome> films, double seconds) {
    Report {
        films = films.stream()
                .sorted(Comparator.comparing(outcome -> outcome.film().output()))
                .toList();
    }

    long count(State state) {
        return films.stream().filter(film -> film.state() == state).count();
    }

    ObjectNode json() {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        long frames = films.stream().mapToLong(FilmOutcome::frames).sum();
        report.put("event", "result")
                .put("films", films.size())
                .put("done", count(State.DONE))
                .put("present", count(State.PRESENT))
                .put("failed", count(State.FAILED))
                .put("frames", frames)
                .put("seconds", seconds)
                .put("fps", seconds > 0 ? frames / seconds : 0)
                .put(
                        "deviceHours",
                        films.stream().mapToDouble(FilmOutcome::deviceSeconds).sum() / 3600);
        ArrayNode each = report.putArray("outcomes");
        films.forEach(film -> each.add(json(film)));
        return report;
    }

    static ObjectNode json(FilmOutcome film) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("input", film.film().input())
                .put("output", film.film().output())
                .put("state", film.state().name().toLowerCase(Locale.ROOT));
        if (film.state() == State.DONE) {
            line.put("frames", film.frames())
                    .put("segments", film.segments())
                    .put("resumed", film.resumed())
                    .put("deviceSeconds", film.deviceSeconds())
                    .put("joinSeconds", film.joinSeconds());
            film.warnings().forEach(line.putArray("warnings")::add);
        }
        if (film.failure() != null) {
            line.put("failure", film.failure());
        }
        return line;
    }

    /** A line a film and a line a warning, films that failed last. */
    List<String> table() {
        return films.stream()
                .sorted(Comparator.comparing(FilmOutcome::state))
                .flatMap(film -> Stream.concat(
                        Stream.of(line(film)), film.warnings().stream().map(warning -> "         warning: " + warning)))
                .toList();
    }

    private static String line(FilmOutcome film) {
        return switch (film.state()) {
            case DONE ->
                String.format(
                        Locale.ROOT,
                        "done     %s: %d frames in %d segments, %.1f s of devices, joined in %.1f s",
                        Stores.location(film.film().output()),
                        film.frames(),
                        film.segments(),
                        film.deviceSeconds(),
                        film.joinSeconds());
            case PRESENT -> "present  " + Stores.location(film.film().output());
            case FAILED -> "failed   " + failure(film);
        };
    }

    /** Most reasons name the file themselves. */
    private static String failure(FilmOutcome film) {
        String input = Stores.location(film.film().input());
        String reason = String.valueOf(film.failure());
        return reason.startsWith(input) ? reason : input + ": " + reason;
    }
}
