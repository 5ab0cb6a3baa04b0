package io.upflux.governor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Frames that were decided and have not come out yet: when inference will be done with them. */
final class Backlog {
    private record Pending(Decision decision, double cost, boolean inTime) {}

    private final Deque<Pending> pending = new ArrayDeque<>();
    private long inferred = Long.MIN_VALUE;

    /** @param inTime whether the frame is expected to meet its deadline */
    void add(Decision decision, double cost, boolean inTime) {
        pending.add(new Pending(decision, cost, inTime));
    }

    /**
     * The frame of this decision has come out. Frames keep their order: those decided before it were lost on their way.
     *
     * @param inferenceEnd when inference was done with it
     * @return whether it was expected in time
     * @throws IllegalArgumentException when it is not waited for
     */
    boolean remove(Decision decision, long inferenceEnd) {
        if (pending.stream().noneMatch(waiting -> waiting.decision == decision)) {
            throw new IllegalArgumentException("this frame was not decided here, was dropped, or is finished already");
        }
        Pending out = pending.remove();
        while (out.decision != decision) {
            out = pending.remove();
        }
        inferred = Math.max(inferred, inferenceEnd);
        return out.inTime;
    }

    /**
     * When inference is free for one more frame.
     *
     * @param after usual time from the end of inference until a frame is out: one that is not out by now was not
     *     inferred earlier than so long ago
     */
    double freeAt(long now, double after) {
        double free = inferred;
        Iterator<Pending> waiting = pending.iterator();
        for (boolean oldest = true; waiting.hasNext(); oldest = false) {
            Pending next = waiting.next();
            free = Math.max(free, next.decision.time()) + next.cost;
            if (oldest) {
                free = Math.max(free, now - after);
            }
        }
        return Math.max(free, now);
    }
}
