package io.upflux.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a film.
 *
 * @param frames of the output; 0 of one that was there or failed
 * @param resumed how many of its segments an earlier run had made
 * @param deviceSeconds that devices were busy with it, in this run and earlier ones
 * @param joinSeconds from its last segment to its name
 * @param warnings what was said about it, one line each
 * @param failure why there is none, in one line; null when there is one
 */
record FilmOutcome(
        Film film,
        State state,
        long frames,
        int segments,
        int resumed,
        double deviceSeconds,
        double joinSeconds,
        List<String> warnings,
        @Nullable String failure) {
    enum State {
        DONE,
        PRESENT,
        FAILED
    }

    static FilmOutcome present(Film film) {
        return new FilmOutcome(film, State.PRESENT, 0, 0, 0, 0, 0, List.of(), null);
    }

    static FilmOutcome failed(Film film, String reason) {
        return new FilmOutcome(film, State.FAILED, 0, 0, 0, 0, 0, List.of(), reason);
    }
}
