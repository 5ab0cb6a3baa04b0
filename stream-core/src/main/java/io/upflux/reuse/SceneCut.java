package io.upflux.reuse;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;

/**
 * Finds hard cuts in the pictures of one stream, in order and without looking ahead: where the content has nothing in
 * common with the picture before, even with motion. Fades, dissolves, pans and moving objects are none, nor is a flash
 * of light that lasts one picture. What may become one of these, since it is nearly everywhere brighter, nearly
 * everywhere darker or not much of a change, is judged one picture later. One thread.
 */
public final class SceneCut {
    /**
     * Measured on 32 clips: successive pictures of a scene reach 0.46 (cars close by that pass fast); of 992 cuts from one
     * clip to another, four lie below 0.5, between two encodings of one scene and between two nearly black ones.
     */
    private static final double CUT = 0.5;

    private static final int CODE = Thumbnail.CODE;
    /** Mean difference below which nothing is a cut, as when text appears. */
    private static final int LEAST_DIFFERENCE = 4 * CODE;
    /** Mean difference up to which it may be one step of a dissolve. */
    private static final int STEP = 12 * CODE;
    /** Mean rise or fall from which on it may be a flash or a step of a fade. */
    private static final int LEAST_RISE = 10 * CODE;

    private static final double ONE_WAY = 0.85;

    private final Thumbnail thumbnail;
    private final Unlikeness unlikeness;
    /** The last picture and the one before it; empty before the stream's first ones. */
    private int[] previous = new int[0];

    private int[] beforePrevious = new int[0];
    private boolean suspected;

    public SceneCut(FrameFormat format) {
        thumbnail = new Thumbnail(format);
        unlikeness = new Unlikeness(thumbnail.columns(), thumbnail.rows());
    }

    /**
     * Looks at the next picture.
     *
     * @param frame borrowed
     * @return whether a cut lies before it, or before the one before it where that had to be waited for; false for the
     *     first picture
     */
    public boolean next(VideoFrame frame) {
        thumbnail.read(frame);
        int[] current = thumbnail.means().clone();
        boolean cut;
        if (suspected) {
            suspected = false;
            boolean goesOn = 2 * difference(previous, current) > difference(beforePrevious, previous);
            cut = isCut(beforePrevious, current) && !goesOn;
        } else {
            // What looks like the picture before the last one is the scene that comes back after a flash.
            boolean jump = isCut(previous, current) && (beforePrevious.length == 0 || isCut(beforePrevious, current));
            boolean maybeGradual = jump && couldBeGradual(previous, current);
            suspected = maybeGradual && !goesOnAlready(current);
            cut = jump && !maybeGradual;
        }
        beforePrevious = previous;
        previous = current;
        return cut;
    }

    private boolean isCut(int[] before, int[] after) {
        return before.length > 0
                && difference(before, after) > LEAST_DIFFERENCE
                && unlikeness.of(before, after) > CUT
                && unlikeness.of(after, before) > CUT;
    }

    /** Whether the change is part of one that began before, as in fades and dissolves; a cut comes at once. */
    private boolean goesOnAlready(int[] current) {
        return beforePrevious.length > 0 && 2 * difference(beforePrevious, previous) > difference(previous, current);
    }

    /** Whether this may be a flash, or a step of a fade or dissolve. */
    private static boolean couldBeGradual(int[] before, int[] after) {
        return difference(before, after) < STEP || changesOneWay(before, after);
    }

    private static boolean changesOneWay(int[] before, int[] after) {
        long rise = 0;
        int brighter = 0;
        int darker = 0;
        for (int i = 0; i < after.length; i++) {
            rise += after[i] - before[i];
            brighter += after[i] >= before[i] ? 1 : 0;
            darker += after[i] <= before[i] ? 1 : 0;
        }
        return Math.abs(rise) > (long) LEAST_RISE * after.length && Math.max(brighter, darker) > ONE_WAY * after.length;
    }

    /** Mean absolute difference of two thumbnails. */
    private static long difference(int[] before, int[] after) {
        long sum = 0;
        for (int i = 0; i < after.length; i++) {
            sum += Math.abs(after[i] - before[i]);
        }
        return sum / Math.max(after.length, 1);
    }
}
