package io.upflux.cluster;

import io.upflux.server.segment.JobOptions;
import io.upflux.server.segment.Segment;
import java.io.Serializable;
import java.util.List;

/**
 * How a film is to be made.
 *
 * @param arithmetic as {@link Warm#arithmetic} tells it, of all of its segments
 * @param header of its journal, JSON
 * @param frames how many its packets promise
 * @param pixels of a picture
 */
record FilmPlan(
        Film film,
        JobOptions options,
        List<Segment> segments,
        String arithmetic,
        String header,
        long frames,
        long pixels)
        implements Serializable {
    FilmPlan {
        segments = List.copyOf(segments);
    }

    /** What it costs, nearly; for the order of films. */
    long work() {
        return frames * pixels;
    }
}
