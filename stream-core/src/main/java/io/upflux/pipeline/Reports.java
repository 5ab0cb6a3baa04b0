package io.upflux.pipeline;

import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.ReuseMode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much is reused, and who is told what became of each frame.
 *
 * @param lookAhead frames whose cells may be computed together
 * @param halting told where the network halted, of frames in order, if it halts
 * @param reuse told what was reused, of frames in order
 * @param watcher sees the frames themselves, in order
 */
record Reports(
        ReuseMode mode,
        int lookAhead,
        StageTimes times,
        Consumer<HaltingMap> halting,
        Consumer<ReuseMap> reuse,
        FrameWatcher watcher) {
    /** Frames whose cells are computed together, where they have few and nobody waits for them. */
    static final int LOOK_AHEAD = 16;

    Reports(ReuseMode mode, StageTimes times, Consumer<HaltingMap> halting, Consumer<ReuseMap> reuse) {
        this(mode, LOOK_AHEAD, times, halting, reuse, FrameWatcher.NONE);
    }

    /** Tells of one frame that is whole. */
    void of(FrameJob job, VideoFrame upscaled, byte[] byWindow, Depths depths) {
        @Nullable
        HaltingMap halted = byWindow.length > 0 ? depths.map(job.source().pts(), byWindow) : null;
        if (halted != null) {
            halting.accept(halted);
        }
        ReuseMap map = job.plan().map().after(job.inference());
        reuse.accept(map);
        watcher.seen(job.source(), upscaled, map, halted);
    }
}
