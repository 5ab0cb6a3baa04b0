package io.upflux.governor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntToLongFunction;

/**
 * A live stream under a virtual clock: frames arrive in a short queue whose oldest frame makes room for the latest, one
 * inference at a time takes them, one encoder follows. Time passes only from event to event.
 */
final class LiveSimulation {
    /** Decoded frames that wait at most. */
    private static final int QUEUE = 3;

    /** What the inference of a frame takes. */
    interface Cost {
        /** @param time when it begins, nanoseconds */
        long nanos(Rung rung, int frame, long time);
    }

    /**
     * How a frame ended.
     *
     * @param rung index of its rung, or {@link #LOST}
     * @param made whether it was neither dropped nor lost
     */
    record Outcome(int frame, long deadline, long time, int rung, boolean made, boolean inTime) {
        /** Rung of a frame that a full queue threw away. */
        static final int LOST = -1;
    }

    private record Frame(int index, long arrived, long deadline) {}

    private record Made(Frame frame, Decision decision, long cost, long inferred) {}

    private record Event(long time, long order, Runnable work) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
    private final Deque<Frame> decoded = new ArrayDeque<>();
    private final Deque<Made> decided = new ArrayDeque<>();
    private final Deque<Made> inferred = new ArrayDeque<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Governor governor;
    private final Cost cost;
    private final IntToLongFunction encoding;
    private final int ahead;
    private long now;
    private long order;
    private boolean inferring;
    private boolean busyEncoding;

    /**
     * @param encoding nanoseconds of each frame
     * @param ahead frames that are decided before inference is free for them
     */
    LiveSimulation(List<Rung> ladder, Cost cost, IntToLongFunction encoding, int ahead) {
        this.governor = new Governor(ladder, QUEUE + ahead, () -> now);
        this.cost = cost;
        this.encoding = encoding;
        this.ahead = ahead;
    }

    Governor governor() {
        return governor;
    }

    /** A frame that will be decoded at {@code arrived}. */
    void frame(int index, long arrived, long deadline) {
        at(arrived, () -> {
            if (decoded.size() == QUEUE) {
                Frame lost = decoded.remove();
                governor.skipped(lost.deadline(), lost.arrived());
                outcomes.add(new Outcome(lost.index(), lost.deadline(), now, Outcome.LOST, false, false));
            }
            decoded.add(new Frame(index, now, deadline));
            work();
        });
    }

    private void at(long time, Runnable work) {
        events.add(new Event(time, order++, work));
    }

    /** Until nothing is left to do; frames in the order in which they ended. */
    List<Outcome> run() {
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.time();
            event.work().run();
        }
        return outcomes;
    }

    private void work() {
        while (!decoded.isEmpty() && (decided.size() < ahead || !inferring && decided.isEmpty())) {
            Frame frame = decoded.remove();
            Decision decision = governor.next(frame.deadline(), frame.arrived());
            if (decision.rung().drop()) {
                outcomes.add(new Outcome(frame.index(), frame.deadline(), now, decision.index(), false, false));
            } else {
                decided.add(new Made(frame, decision, 0, 0));
            }
            infer();
        }
        infer();
    }

    private void infer() {
        if (inferring || decided.isEmpty()) {
            return;
        }
        inferring = true;
        Made begun = decided.remove();
        long nanos = cost.nanos(begun.decision().rung(), begun.frame().index(), now);
        at(now + nanos, () -> {
            inferring = false;
            inferred.add(new Made(begun.frame(), begun.decision(), nanos, now));
            encode();
            work();
        });
    }

    private void encode() {
        if (busyEncoding || inferred.isEmpty()) {
            return;
        }
        busyEncoding = true;
        Made made = inferred.remove();
        at(now + encoding.applyAsLong(made.frame().index()), () -> {
            busyEncoding = false;
            governor.finished(made.decision(), new FrameTimes(made.cost(), now - made.inferred()));
            long deadline = made.frame().deadline();
            outcomes.add(new Outcome(
                    made.frame().index(), deadline, now, made.decision().index(), true, now <= deadline));
            encode();
        });
    }
}
