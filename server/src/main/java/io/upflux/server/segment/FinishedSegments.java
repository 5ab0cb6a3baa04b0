package io.upflux.server.segment;

import io.upflux.frame.HaltingShares;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What is known of the segments of a job that are there, by this run or an earlier one. Thread-safe. */
final class FinishedSegments {
    private final Map<Integer, SegmentResult> results = new ConcurrentSkipListMap<>();

    void add(SegmentResult result) {
        results.put(result.segment(), result);
    }

    boolean holds(Segment segment) {
        return results.containsKey(segment.index());
    }

    int count() {
        return results.size();
    }

    long frames() {
        return all().stream().mapToLong(SegmentResult::frames).sum();
    }

    /** Time stamp of the first frame of all; 0 without any. */
    long firstPts() {
        return all().stream()
                .filter(result -> result.frames() > 0)
                .mapToLong(SegmentResult::firstPts)
                .min()
                .orElse(0);
    }

    /** Whether anything of the source was damaged. */
    boolean damaged() {
        return all().stream().anyMatch(SegmentResult::damaged);
    }

    HaltingShares halting() {
        HaltingShares halting = new HaltingShares();
        all().forEach(result -> halting.add(result.halting()));
        return halting;
    }

    WindowShares windows() {
        return all().stream().map(SegmentResult::windows).reduce(WindowShares.NONE, WindowShares::plus);
    }

    InferenceCost inference() {
        return all().stream().map(SegmentResult::inference).reduce(InferenceCost.NONE, InferenceCost::plus);
    }

    private Collection<SegmentResult> all() {
        return results.values();
    }
}
