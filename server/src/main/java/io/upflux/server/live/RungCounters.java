package io.upflux.server.live;

import io.upflux.governor.GovernorStatus;
import io.upflux.live.LiveGovernor;
import io.upflux.live.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a stream's governors have done, one a session. Any thread may ask. */
public final class RungCounters {
    private final List<Step> ladder;
    private final long[] frames;
    private final long[] nanos;
    private long moves;
    private long late;
    private @Nullable LiveGovernor governor;

    RungCounters(List<Step> ladder) {
        this.ladder = ladder;
        this.frames = new long[ladder.size()];
        this.nanos = new long[ladder.size()];
    }

    /** Where it stands; null while there is no source. */
    public synchronized @Nullable RungStatus now() {
        if (governor == null) {
            return null;
        }
        GovernorStatus status = governor.status();
        for (int i = 0; i < ladder.size(); i++) {
            if (ladder.get(i).rung().equals(status.rung())) {
                return RungStatus.of(i, status);
            }
        }
        throw new IllegalStateException("rung " + status.rung().name() + " is not of the ladder");
    }

    /** Moves in either direction. */
    public synchronized long moves() {
        GovernorStatus status = governor == null ? null : governor.status();
        return moves + (status == null ? 0 : status.ascents() + status.descents());
    }

    /** Frames that were made and came after their deadline. */
    public synchronized long late() {
        return late + (governor == null ? 0 : governor.status().missed());
    }

    /** Frames made at a rung, or dropped there; 0 when the stream has no such rung. */
    public synchronized long frames(String name) {
        int rung = index(name);
        return rung < 0 ? 0 : frames(rung);
    }

    /** Time at a rung, by the frames that came; 0 when the stream has no such rung. */
    public synchronized double seconds(String name) {
        int rung = index(name);
        return rung < 0 ? 0 : nanos(rung) / 1e9;
    }

    /** Whether frames are made at the rung now. */
    public synchronized boolean isAt(String name) {
        RungStatus now = now();
        return now != null && now.name().equals(name);
    }

    private int index(String name) {
        for (int i = 0; i < ladder.size(); i++) {
            if (ladder.get(i).rung().name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Frames thrown away since they would have come too late. */
    synchronized long dropped() {
        int last = ladder.size() - 1;
        return ladder.get(last).rung().drop() ? frames(last) : 0;
    }

    private long frames(int rung) {
        return frames[rung]
                + (governor == null ? 0 : governor.status().framesPerRung().get(rung));
    }

    private long nanos(int rung) {
        return nanos[rung]
                + (governor == null ? 0 : governor.status().nanosPerRung().get(rung));
    }

    synchronized void begin(LiveGovernor of) {
        governor = of;
    }

    synchronized void end() {
        moves = moves();
        late = late();
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frames(i);
            nanos[i] = nanos(i);
        }
        governor = null;
    }
}
