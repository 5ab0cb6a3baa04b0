package io.upflux.models.sharing;

import io.upflux.governor.Ticker;
import io.upflux.models.sharing.Call.State;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the calls of all networks of one device through, the earliest deadline first, as many at once as keep it busy. A
 * call runs on the thread that makes it. What waits for the same network, and can be computed together with the call whose
 * turn it is, goes with it.
 */
final class CallQueue {
    /**
     * What has no deadline goes after everything that is due within this time from now, which live streams' frames are: as
     * if it were due then, so that it does not wait for ever.
     */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    /** A sum of shares that is meant to be a whole. */
    private static final double WHOLE = 1 + 1e-9;

    private final Ticker ticker;
    private final SharingCounters counters;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final NavigableSet<Call> waiting =
            new TreeSet<>(Comparator.<Call>comparingLong(call -> call.due).thenComparingLong(call -> call.number));
    private final List<Run> running = new ArrayList<>();
    private double taken;
    private long calls;

    /** @param ticker of the deadlines */
    CallQueue(Ticker ticker, SharingCounters counters) {
        this.ticker = ticker;
        this.counters = counters;
    }

    /** Calls that are computed together, on the thread of the first. */
    private record Run(List<Call> calls, Thread thread) {
        SuperResolver network() {
            return calls.get(0).caller.network();
        }
    }

    /**
     * Waits for its turn and computes. Blocks.
     *
     * @param stroke what is computed, where that may be together with others; else null
     * @param alone computes it by itself
     * @throws StreamException when it fails or is interrupted
     */
    void call(SharedResolver caller, @Nullable Stroke stroke, long deadline, Runnable alone) {
        Call call;
        Run run;
        lock.lock();
        try {
            if (caller.isClosed()) {
                throw new StreamException(caller.traits().name() + ": is closed");
            }
            long now = ticker.read();
            long due = deadline == Stroke.NO_DEADLINE ? now + PATIENCE : deadline;
            call = new Call(caller, stroke, alone, due, calls++, now);
            waiting.add(call);
            run = turn(call);
        } finally {
            lock.unlock();
        }
        if (run != null) {
            compute(run);
        }
        call.throwFailure();
    }

    /** Makes a caller's waiting calls fail at once, and a running one soon unless others' are computed with it. */
    void interrupt(SharedResolver caller) {
        lock.lock();
        try {
            for (Call call : List.copyOf(waiting)) {
                if (call.caller == caller) {
                    waiting.remove(call);
                    call.giveUp();
                }
            }
            for (Run run : running) {
                run.calls().stream().filter(call -> call.caller == caller).forEach(call -> call.interrupted = true);
                if (run.calls().stream().allMatch(call -> call.interrupted)) {
                    run.network().interrupt(run.thread());
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none of a caller's calls runs. */
    void awaitIdle(SharedResolver caller) {
        lock.lock();
        try {
            while (running.stream().flatMap(run -> run.calls().stream()).anyMatch(call -> call.caller == caller)) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Calls that wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** What this thread shall compute; null when the call is over, whoever has computed it. */
    private @Nullable Run turn(Call call) {
        try {
            while (call.state == State.RUNNING || (call.state == State.WAITING && !isNext(call))) {
                changed.awaitUninterruptibly();
            }
            return call.state == State.WAITING ? begin(call) : null;
        } finally {
            // Should it have failed to begin.
            if (waiting.remove(call)) {
                changed.signalAll();
            }
        }
    }

    private boolean isNext(Call call) {
        return waiting.first() == call && taken + call.caller.share() <= WHOLE;
    }

    private Run begin(Call first) {
        List<Call> together = new ArrayList<>(List.of(first));
        together.addAll(companions(first));
        together.forEach(waiting::remove);
        together.forEach(call -> call.state = State.RUNNING);
        Run run = new Run(together, Thread.currentThread());
        running.add(run);
        taken += first.caller.share();
        long now = ticker.read();
        counters.run(together.stream().mapToLong(call -> now - call.came).toArray());
        // The next may fit beside it.
        changed.signalAll();
        return run;
    }

    private List<Call> companions(Call first) {
        SuperResolver network = first.caller.network();
        Map<Stroke, Call> others = new IdentityHashMap<>();
        List<Stroke> strokes = new ArrayList<>();
        for (Call call : waiting) {
            if (call != first && call.stroke != null && call.caller.network() == network) {
                others.put(call.stroke, call);
                strokes.add(call.stroke);
            }
        }
        return first.stroke == null || strokes.isEmpty()
                ? List.of()
                : network.companions(first.stroke, strokes).stream()
                        .map(others::get)
                        .toList();
    }

    private void compute(Run run) {
        List<Call> together = run.calls();
        Call first = together.get(0);
        if (together.size() == 1) {
            first.attempt();
        } else {
            try {
                run.network().upscale(together.stream().map(call -> call.stroke).toList());
            } catch (RuntimeException | Error e) {
                // The others have nothing to do with what made one fail.
                together.forEach(this::computeAlone);
            }
        }
        lock.lock();
        try {
            running.remove(run);
            taken -= first.caller.share();
            together.forEach(call -> call.state = State.OVER);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void computeAlone(Call call) {
        lock.lock();
        try {
            if (call.interrupted) {
                call.giveUp();
                return;
            }
        } finally {
            lock.unlock();
        }
        call.attempt();
    }
}
