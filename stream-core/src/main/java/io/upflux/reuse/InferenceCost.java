package io.upflux.reuse;

import java.io.Serializable;

/**
 * What inference of any number of pictures took, and what it was supposed to take.
 *
 * @param predictedSeconds by the costs of what was computed; 0 where nobody has measured how long a pixel takes
 * @param seconds that it took; what overlapped counts once
 * @param tiles that were computed, or squares
 * @param places of the batches that ran for them: a picture's share of each as large as its share of the tiles
 */
public record InferenceCost(double predictedSeconds, double seconds, long tiles, double places)
        implements Serializable {
    public static final InferenceCost NONE = new InferenceCost(0, 0, 0, 0);

    /** What both have taken. */
    public InferenceCost plus(InferenceCost other) {
        return new InferenceCost(
                predictedSeconds + other.predictedSeconds,
                seconds + other.seconds,
                tiles + other.tiles,
                places + other.places);
    }

    /** Which share of the places in batches was filled; 1 where none ran. */
    public double batchFill() {
        return places == 0 ? 1 : tiles / places;
    }
}
