package io.upflux.codecs.output;

/** Where a live stream is cut into segments and parts, from the times of its pictures. In ticks of the output's clock. */
final class CutPlan {
    /** What rounding of time stamps may add. */
    private static final long SLACK = 90;

    /** Of segments: how long one may be, where an encoder places a key frame later than it was asked to. */
    private static final long LONGEST_SEGMENTS = 3;

    /**
     * How long a picture may stay, in any case: a segment that ends so late is still rounded to the seconds that were asked
     * for (RFC 8216, section 4.3.3.1).
     */
    private static final long LONGEST_PICTURE = 36_000;

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
    private long step = Long.MIN_VALUE;

    /**
     * @param segment longest time from one key frame that starts a segment to the next
     * @param part longest fragment
     */
    CutPlan(long segment, long part) {
        this.segment = segment;
        this.part = part;
    }

    /** How long a picture may stay: nothing is cut inside one. */
    long picture() {
        return Math.min(part, LONGEST_PICTURE);
    }

    /** Whether a picture would stay for too long, were the next one shown then. */
    boolean isLate(long pts, long next) {
        return next - pts > picture();
    }

    /** The source's clock steps before a picture: a segment begins with it. */
    void step(long pts) {
        step = pts;
    }

    /** Whether a picture that goes to the encoder must be a key frame, or the segment would become too long. */
    boolean keyDue(long pts, long duration) {
        long from = Math.max(wanted, segmentStart);
        boolean due = from == Long.MIN_VALUE || pts == step || pts + duration > from + segment + SLACK;
        if (due) {
            wanted = pts;
        }
        return due;
    }

    /** How to cut before an encoded picture. */
    Cut before(long pts, long duration, boolean key) {
        boolean first = segmentStart == Long.MIN_VALUE;
        boolean stepped = segmentStart < step && step <= pts;
        if (first || (key && (stepped || pts - segmentStart >= segment / 2))) {
            segmentStart = pts;
            partStart = pts;
            return Cut.SEGMENT;
        }
        if (pts + duration > partStart + part) {
            partStart = pts;
            return Cut.PART;
        }
        return Cut.NONE;
    }

    /** Whether the encoder heeds no wishes for key frames: a segment without an end would fill memory, and nobody could begin. */
    boolean isEndless(long pts) {
        return segmentStart != Long.MIN_VALUE && pts - segmentStart > LONGEST_SEGMENTS * segment;
    }
}
