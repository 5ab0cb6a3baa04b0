package io.upflux.governor;

import java.util.List;

/**
 * What a governor shows, for metrics.
 *
 * @param rung it stands on; the one that computes, also while frames are dropped
 * @param reason of its last move
 * @param descents moves down so far
 * @param ascents moves up so far
 * @param frames asked for so far
 * @param missed frames that were made and came after their deadline
 * @param dropped frames that were thrown away, by decision or by {@link Governor#skipped}
 * @param load expected cost of a frame at this rung as a part of the time between frames; 0 when unknown
 * @param framesPerRung decisions for each rung of the ladder, dropped frames at the dropping rung
 * @param nanosPerRung time spent at each rung that computes, from the first decision to the last
 */
public record GovernorStatus(
        Rung rung,
        Reason reason,
        long descents,
        long ascents,
        long frames,
        long missed,
        long dropped,
        double load,
        List<Long> framesPerRung,
        List<Long> nanosPerRung) {
    public GovernorStatus {
        framesPerRung = List.copyOf(framesPerRung);
        nanosPerRung = List.copyOf(nanosPerRung);
    }
}
