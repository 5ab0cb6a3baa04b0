package io.upflux.governor;

/**
 * One setting of a live stream, somewhere between the best picture and no picture.
 *
 * @param name for people and metrics, such as {@code tolerance}
 * @param model catalogue name of the network or resizer that computes at this rung; empty where it drops
 * @param haltingThreshold confidence after which a window stops; 0 where the model does not halt
 * @param toleranceScale how much more difference than the stream's own noise counts as small; 1 is the usual
 * @param relativeCost expected time of a frame as a part of the top rung's, above 0 and at most 1; a guess that
 *     measurement replaces
 * @param lossDb how much worse its pictures are known to be than the top rung's, in dB PSNR; for display only
 * @param drop whether a frame at this rung is thrown away
 */
public record Rung(
        String name,
        String model,
        double haltingThreshold,
        double toleranceScale,
        double relativeCost,
        double lossDb,
        boolean drop) {
    public Rung {
        if (!drop && !(relativeCost > 0 && relativeCost <= 1)) {
            throw new IllegalArgumentException(
                    "rung " + name + ": the relative cost must be above 0 and at most 1, not " + relativeCost);
        }
    }

    /** The rung that throws a frame away: it costs nothing, and shows nothing. */
    public static Rung dropping() {
        return new Rung("drop", "", 0, 1, 0, Double.POSITIVE_INFINITY, true);
    }
}
