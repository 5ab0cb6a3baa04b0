package io.upflux.pipeline;

import io.upflux.frame.HaltingMap;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.ReuseMode;
import java.util.function.Consumer;

/**
 * How much is reused, and who is told what became of each frame.
 *
 * @param lookAhead frames whose cells may be computed together
 * @param halting told where the network halted, of frames in order, if it halts
 * @param reuse told what was reused, of frames in order
 */
record Reports(
        ReuseMode mode, int lookAhead, StageTimes times, Consumer<HaltingMap> halting, Consumer<ReuseMap> reuse) {
    /** Frames whose cells are computed together, where they have few and nobody waits for them. */
    static final int LOOK_AHEAD = 16;

    Reports(ReuseMode mode, StageTimes times, Consumer<HaltingMap> halting, Consumer<ReuseMap> reuse) {
        this(mode, LOOK_AHEAD, times, halting, reuse);
    }

    /** Tells of one frame that is whole. */
    void of(FrameJob job, byte[] byWindow, Depths depths) {
        if (byWindow.length > 0) {
            halting.accept(depths.map(job.source().pts(), byWindow));
        }
        reuse.accept(job.plan().map());
    }
}
