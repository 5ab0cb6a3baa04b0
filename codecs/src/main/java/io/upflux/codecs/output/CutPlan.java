package io.upflux.codecs.output;

/** Where a live stream is cut into segments and parts, from the times of its pictures. In ticks of the output's clock. */
final class CutPlan {
    /** What rounding of time stamps may add. */
    private static final long SLACK = 90;

    /** What to do before a picture is written. */
    enum Cut {
        NONE,
        PART,
        SEGMENT
    }

    private final long segment;
    private final long part;
    private long wanted = Long.MIN_VALUE;
    private long segmentStart = Long.MIN_VALUE;
    private long partStart;

    /**
     * @param segment longest time from one key frame that starts a segment to the next
     * @param part longest fragment
     */
    CutPlan(long segment, long part) {
        this.segment = segment;
        this.part = part;
    }

    /** Whether a picture that goes to the encoder must be a key frame, or the segment would become too long. */
    boolean keyDue(long pts, long duration) {
        long from = Math.max(wanted, segmentStart);
        boolean due = from == Long.MIN_VALUE || pts + duration > from + segment + SLACK;
        if (due) {
            wanted = pts;
        }
        return due;
    }

    /** How to cut before an encoded picture. */
    Cut before(long pts, long duration, boolean key) {
        boolean first = segmentStart == Long.MIN_VALUE;
        if (first || (key && pts - segmentStart >= segment / 2)) {
            segmentStart = pts;
            partStart = pts;
            return Cut.SEGMENT;
        }
        if (pts + duration > partStart + part + SLACK) {
            partStart = pts;
            return Cut.PART;
        }
        return Cut.NONE;
    }
}
