package io.upflux.codecs.output;

import java.util.PriorityQueue;

/**
 * Decoding times for packets that come without: the presentation times in rising order, so many packets late as the
 * decoder holds back. They rise, and none lies behind its packet's presentation, also where one encoder's packets end
 * and another's begin.
 */
final class DecodingTimes {
    private final int depth;
    private final PriorityQueue<Long> waiting = new PriorityQueue<>();
    private int packets;
    private long step;

    /** @param depth as {@link ReorderDepth}, the greatest of all that come */
    DecodingTimes(int depth) {
        this.depth = depth;
    }

    /**
     * The decoding time of the next packet.
     *
     * @param duration of the packet; the first one's is the step of those before the first presentation time
     */
    long next(long pts, long duration) {
        waiting.add(pts);
        step = packets == 0 ? Math.max(1, duration) : step;
        if (packets < depth) {
            // The first packet of closed groups is shown first.
            long first = waiting.element();
            return first - (depth - packets++) * step;
        }
        return waiting.remove();
    }
}
