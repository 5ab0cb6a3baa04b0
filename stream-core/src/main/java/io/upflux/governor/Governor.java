package io.upflux.governor;

import java.util.Arrays;
import java.util.List;

/**
 * Keeps a live stream in time by choosing, frame by frame, the best rung of a ladder that meets the frame's deadline.
 *
 * <pre>{@code
 * Decision decision = governor.next(deadline, arrived);   // before the frame is planned
 * ...                                                     // decision.rung().drop() ? throw it away : make it so
 * governor.finished(decision, new FrameTimes(cost, after)); // when it has left the encoder
 * }</pre>
 *
 * <p>It moves by one rung at a time. Down at once, when the frames under way and their expected costs say that this one
 * would be late, when frames take longer than the time between them and the slack is about to end, or when frames were
 * late again and again unexpectedly. Up only when the better rung was expected to fit with room to spare for 0.75 s of
 * media time; a rung that had to be left within 2.5 s is tried again after 2, 4, ... 32 s, or as soon as the load has
 * fallen by a fifth. Single outliers move nothing. A frame that arrived late through no fault of ours is excused, and one
 * that even the cheapest rung could not deliver in time is dropped wherever the governor stands, as long as the last
 * frame that was made lies less than half a second back.
 *
 * <p>All times are nanoseconds of the {@link Ticker}. The same calls at the same times give the same decisions. Thread
 * safe: stages on different threads may ask and report.
 */
public final class Governor {
    /** Part of the time between frames, and of the slack, that a better rung may be expected to fill. */
    private static final double HEADROOM = 0.85;
    /** Frames ahead for which the slack must last. */
    private static final int HORIZON = 8;
    /** How many times the usual scatter of costs a frame is given beyond its expected cost. */
    private static final double SCATTER = 2;
    /** Frames within which what comes late is one event. */
    private static final int EVENT = 8;
    /** Two unexpected events within so many frames mean that expectations are wrong. */
    private static final int AGAIN = 96;
    /** Media time after which a frame is made though it will be late, so that the picture never stands still. */
    private static final long LONGEST_GAP = 500_000_000L;

    private static final long NONE = -1;

    private final List<Rung> ladder;
    /** Rungs that compute: all, or all but the last. */
    private final int computing;

    private final int room;
    private final Ticker ticker;
    private final Costs costs;
    private final Climb climb;
    private final RecentTimes after = new RecentTimes();
    private final Pace pace = new Pace();
    private final Backlog backlog = new Backlog();
    private final long[] perRung;
    private final long[] nanosPerRung;

    private int rung;
    private Reason reason = Reason.START;
    private long frames;
    private long descents;
    private long ascents;
    private long missed;
    private long dropped;
    private long lastMade;
    private long lastAsked;
    private boolean made;
    private long outAtRung;
    /** How many frames had come out at this rung when the last unexpected event began. */
    private long lastEvent = NONE;

    private boolean missesAgain;

    /**
     * @param ladder best rung first, at least one that computes, each expected to cost no more than the one before it; only
     *     the last may drop. Without such a rung nothing is ever dropped.
     * @param room how many decoded frames can wait, asked for or not, before one is lost or the source held up; 1 or more
     */
    public Governor(List<Rung> ladder, int room, Ticker ticker) {
        this.ladder = List.copyOf(ladder);
        this.computing = computing(this.ladder);
        this.room = room;
        this.ticker = ticker;
        this.costs = new Costs(this.ladder.subList(0, computing), 0);
        this.climb = new Climb(computing);
        this.perRung = new long[ladder.size()];
        this.nanosPerRung = new long[ladder.size()];
    }

    /**
     * Decides how the next frame is made. Every decoded frame is to be asked for, in order, before its work is planned;
     * one that is thrown away without asking goes to {@link #skipped}.
     *
     * @param deadline when the frame must have left the encoder, as its PTS says
     * @param arrived when the frame had been decoded and could have been begun
     */
    public synchronized Decision next(long deadline, long arrived) {
        long now = ticker.read();
        nanosPerRung[rung] += made ? now - lastAsked : 0;
        lastAsked = now;
        arrival(deadline, arrived);
        double begin = backlog.freeAt(now, after.estimate());
        double excused = Math.max(deadline, arrived + pace.usualSlack()) - after.estimate();
        move(Math.min(excused, arrived + room()) - begin, now);
        boolean hopeless = begin + costs.at(computing - 1) + after.estimate() > deadline;
        if (hopeless && computing < ladder.size() && made && deadline - lastMade < LONGEST_GAP) {
            climb.disturb();
            dropped++;
            perRung[computing]++;
            return new Decision(ladder.get(computing), computing, Reason.HOPELESS, deadline, now);
        }
        made = true;
        lastMade = deadline;
        perRung[rung]++;
        Decision decision = new Decision(ladder.get(rung), rung, reason, deadline, now);
        double end = begin + costs.here() + after.estimate();
        backlog.add(decision, costs.here(), end <= deadline);
        return decision;
    }

    /**
     * A decoded frame was thrown away without asking, such as by a full queue.
     *
     * @param deadline as for {@link #next}
     * @param arrived as for {@link #next}
     */
    public synchronized void skipped(long deadline, long arrived) {
        boolean inTime = pace.isInTime(deadline, arrived);
        arrival(deadline, arrived);
        dropped++;
        climb.disturb();
        if (inTime) {
            surprise();
        }
    }

    /**
     * A frame that was not dropped has left the encoder, now.
     *
     * @param decision that it was made by
     * @throws IllegalArgumentException when no such frame is under way: it was dropped, or is finished already
     */
    public synchronized void finished(Decision decision, FrameTimes times) {
        long now = ticker.read();
        boolean expectedInTime = backlog.remove(decision, now - times.after());
        after.add(times.after());
        boolean late = now > decision.deadline();
        if (late) {
            missed++;
        }
        if (decision.index() != rung) {
            return;
        }
        costs.measured(times.cost(), now);
        outAtRung++;
        if (late && expectedInTime) {
            surprise();
        }
        climb.calm(pace.interval(), !late && betterFits(now));
    }

    /** The present state. */
    public synchronized GovernorStatus status() {
        double interval = pace.interval();
        return new GovernorStatus(
                ladder.get(rung),
                reason,
                descents,
                ascents,
                frames,
                missed,
                dropped,
                interval == 0 ? 0 : costs.here() / interval,
                Arrays.stream(perRung).boxed().toList(),
                Arrays.stream(nanosPerRung).boxed().toList());
    }

    private void arrival(long deadline, long arrived) {
        pace.frame(deadline, arrived);
        frames++;
    }

    /** @param slack time that the next frame has for inference, if all goes as expected */
    private void move(double slack, long now) {
        double cost = costs.here();
        double over = cost - pace.interval();
        if (rung + 1 < computing) {
            if (worst(cost) > slack) {
                down(Reason.BACKLOG, now);
                return;
            }
            if (costs.isMeasured() && over > 0 && cost + HORIZON * over > slack) {
                down(Reason.OVERLOAD, now);
                return;
            }
            if (missesAgain) {
                down(Reason.MISSES, now);
                return;
            }
        }
        if (rung > 0 && climb.isDue(rung - 1, cost, now)) {
            move(rung - 1, Reason.HEADROOM, now);
            ascents++;
            climb.up(rung, cost, now);
        }
    }

    private void down(Reason why, long now) {
        climb.down(rung, now);
        move(rung + 1, why, now);
        descents++;
    }

    private void move(int to, Reason why, long now) {
        costs.moveTo(to, now);
        rung = to;
        reason = why;
        outAtRung = 0;
        lastEvent = NONE;
        missesAgain = false;
    }

    /** Late or lost at the present rung although nothing said so: an event of its own, or part of the last. */
    private void surprise() {
        long since = outAtRung - lastEvent;
        if (lastEvent == NONE || since >= EVENT) {
            missesAgain = lastEvent != NONE && since <= AGAIN;
            lastEvent = outAtRung;
        }
    }

    private double worst(double cost) {
        return cost * (1 + SCATTER * costs.scatter());
    }

    /** Longest time from a frame's arrival to the end of its inference before those behind it are too many. */
    private double room() {
        return pace.interval() == 0 ? Double.POSITIVE_INFINITY : (room + 0.5) * pace.interval();
    }

    private boolean betterFits(long now) {
        if (rung == 0 || !costs.isMeasured() || pace.interval() == 0) {
            return false;
        }
        double cost = costs.above(now, climb.halfLife(rung - 1));
        double slack = Math.min(pace.usualSlack() - after.estimate(), room());
        return cost <= HEADROOM * pace.interval() && worst(cost) <= HEADROOM * slack;
    }

    private static int computing(List<Rung> ladder) {
        int count = (int) ladder.stream().filter(rung -> !rung.drop()).count();
        if (count == 0 || ladder.subList(0, count).stream().anyMatch(Rung::drop) || ladder.size() > count + 1) {
            throw new IllegalArgumentException("a ladder needs a rung that computes, and only its last may drop");
        }
        for (int r = 1; r < count; r++) {
            if (ladder.get(r).relativeCost() > ladder.get(r - 1).relativeCost()) {
                throw new IllegalArgumentException(
                        "rung " + ladder.get(r).name() + " is expected to cost more than the better rung "
                                + ladder.get(r - 1).name());
            }
        }
        return count;
    }
}
