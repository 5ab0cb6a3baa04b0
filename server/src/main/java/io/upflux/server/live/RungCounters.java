package io.upflux.server.live;

import io.upflux.governor.GovernorStatus;
import io.upflux.governor.Rung;
import io.upflux.live.LiveGovernor;
import io.upflux.live.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a stream's governors have done, one a session. Any thread may ask. */
public final class RungCounters {
    /** Of sessions that are over, by the names of rungs: not all sessions have the same ladder. */
    private final Map<String, Long> frames = new HashMap<>();

    private final Map<String, Long> nanos = new HashMap<>();

    private List<Step> ladder = List.of();
    private long moves;
    private long late;
    private @Nullable LiveGovernor governor;

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
        return frames.getOrDefault(name, 0L) + now(name, GovernorStatus::framesPerRung);
    }

    /** Time at a rung, by the frames that came; 0 when the stream has no such rung. */
    public synchronized double seconds(String name) {
        return nanos(name) / 1e9;
    }

    private long nanos(String name) {
        return nanos.getOrDefault(name, 0L) + now(name, GovernorStatus::nanosPerRung);
    }

    /** Whether frames are made at the rung now. */
    public synchronized boolean isAt(String name) {
        RungStatus now = now();
        return now != null && now.name().equals(name);
    }

    /** Of the session that there is. */
    private long now(String name, Function<GovernorStatus, List<Long>> perRung) {
        long sum = 0;
        for (int i = 0; governor != null && i < ladder.size(); i++) {
            if (ladder.get(i).rung().name().equals(name)) {
                sum += perRung.apply(governor.status()).get(i);
            }
        }
        return sum;
    }

    /** Frames thrown away since they would have come too late. */
    long dropped() {
        return frames(Rung.dropping().name());
    }

    synchronized void begin(List<Step> steps, LiveGovernor of) {
        ladder = steps;
        governor = of;
    }

    synchronized void end() {
        moves = moves();
        late = late();
        Map<String, Long> framesNow = new HashMap<>();
        Map<String, Long> nanosNow = new HashMap<>();
        for (Step step : ladder) {
            String name = step.rung().name();
            framesNow.put(name, frames(name));
            nanosNow.put(name, nanos(name));
        }
        frames.putAll(framesNow);
        nanos.putAll(nanosNow);
        governor = null;
    }
}
