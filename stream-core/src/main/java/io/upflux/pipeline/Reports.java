package io.upflux.pipeline;

import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what became of each frame.
 *
 * @param times of the stages
 * @param halting told where the network halted, of frames in order, if it halts
 * @param reuse told what was reused, of frames in order
 * @param watcher sees the frames themselves, in order
 * @param flaws what is done about spoilt pictures; null where nobody looks for them, and what is no number ends the run
 */
record Reports(
        StageTimes times,
        Consumer<HaltingMap> halting,
        Consumer<ReuseMap> reuse,
        FrameWatcher watcher,
        @Nullable Flaws flaws) {
    Reports(Consumer<HaltingMap> halting, Consumer<ReuseMap> reuse) {
        this(new StageTimes(), halting, reuse, FrameWatcher.NONE, null);
    }

    /** Tells nobody. */
    static Reports unheard() {
        return new Reports(map -> {}, map -> {});
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
