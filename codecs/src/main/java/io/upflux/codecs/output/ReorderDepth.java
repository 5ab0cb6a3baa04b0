package io.upflux.codecs.output;

import java.util.TreeSet;

/** How far decoding order departs from the order of presentation: packets at most that precede one shown before them. */
final class ReorderDepth {
    /** H.264 and HEVC allow 16 pictures to wait; nothing older can still be shown later. */
    private static final int LONGEST = 32;

    private final TreeSet<Long> latest = new TreeSet<>();
    private int depth;

    /** The next packet in decoding order. */
    void add(long pts) {
        depth = Math.max(depth, latest.tailSet(pts, false).size());
        latest.add(pts);
        if (latest.size() > LONGEST) {
            latest.pollFirst();
        }
    }

    int depth() {
        return depth;
    }
}
