package io.upflux.server.segment;

/**
 * Frames that were handed to an encoder.
 *
 * @param frames how many
 * @param firstPts time stamp of the first, in ticks of the source; of no meaning without frames
 */
public record Encoded(long frames, long firstPts) {
    public static final Encoded NONE = new Encoded(0, 0);

    /** With one frame more. */
    public Encoded and(long pts) {
        return new Encoded(frames + 1, frames == 0 ? pts : firstPts);
    }
}
