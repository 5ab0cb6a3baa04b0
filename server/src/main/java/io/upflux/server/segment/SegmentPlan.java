package io.upflux.server.segment;

import io.upflux.frame.Rational;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a job is cut: at the source's key frames where one is near, so that nothing is decoded twice, and else at any
 * frame. A pure function of the source's times; each segment is half to one and a half times as long as wanted, unless
 * the source has no frame for longer.
 */
public final class SegmentPlan {
    /** Usual length in seconds. */
    public static final double SECONDS = 10;

    private SegmentPlan() {}

    /**
     * The segments of a source; at least one.
     *
     * @param frames times of all frames in ticks, distinct and rising
     * @param keys those at which decoding can begin, rising
     * @param timeBase of the times
     * @param seconds wanted length of a segment, positive
     */
    public static List<Segment> of(List<Long> frames, List<Long> keys, Rational timeBase, double seconds) {
        List<Long> cuts = cuts(frames, keys, Math.max(2, Math.round(seconds * timeBase.den() / timeBase.num())));
        List<Segment> segments = new ArrayList<>();
        long from = Long.MIN_VALUE;
        int first = 0;
        for (int i = 0; i <= cuts.size(); i++) {
            boolean last = i == cuts.size();
            long to = last ? Long.MAX_VALUE : cuts.get(i);
            int end = last ? frames.size() : atOrAfter(frames, to);
            segments.add(new Segment(i, from, to, first, end - first));
            from = to;
            first = end;
        }
        return segments;
    }

    /** Frames of the longest one. */
    public static long longest(List<Segment> segments) {
        return segments.stream().mapToLong(Segment::frames).max().orElse(0);
    }

    private static List<Long> cuts(List<Long> frames, List<Long> keys, long length) {
        List<Long> cuts = new ArrayList<>();
        if (frames.isEmpty()) {
            return cuts;
        }
        long end = frames.get(frames.size() - 1);
        // A rest of less than half a segment goes with the one before.
        for (long last = frames.get(0); end - last >= length + length / 2; last = cuts.get(cuts.size() - 1)) {
            long key = nearest(keys, last + length);
            boolean near = key >= last + length / 2 && key <= last + length + length / 2;
            cuts.add(near ? key : frames.get(atOrAfter(frames, last + length)));
        }
        return cuts;
    }

    private static long nearest(List<Long> times, long wanted) {
        int after = atOrAfter(times, wanted);
        long later = after < times.size() ? times.get(after) : Long.MAX_VALUE;
        long earlier = after > 0 ? times.get(after - 1) : Long.MIN_VALUE / 2;
        return later - wanted <= wanted - earlier ? later : earlier;
    }

    private static int atOrAfter(List<Long> times, long wanted) {
        int found = Collections.binarySearch(times, wanted);
        return found < 0 ? -found - 1 : found;
    }
}
