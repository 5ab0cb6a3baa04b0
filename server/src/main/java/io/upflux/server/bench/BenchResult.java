package io.upflux.server.bench;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.SuperResolver.Traits;
import java.util.List;

/**
 * What a bench found.
 *
 * @param format of the input
 * @param traits of the resolver
 * @param frames measured end to end
 * @param seconds end to end
 * @param cpuSeconds of all processors end to end
 * @param cores processors available
 * @param stages each stage alone, in the order of the pipeline
 * @param halting which windows halted, end to end
 * @param allocatedPerFrame bytes on the Java heap, in the steady state
 * @param resident bytes of memory of the whole process at the end, 0 when unknown
 */
public record BenchResult(
        FrameFormat format,
        Traits traits,
        long frames,
        double seconds,
        double cpuSeconds,
        int cores,
        List<StageResult> stages,
        HaltingShares halting,
        long allocatedPerFrame,
        long resident) {
    /**
     * One stage with the machine to itself.
     *
     * @param name for people
     * @param secondsPerFrame of wall clock
     * @param cpuSecondsPerFrame of all processors
     */
    public record StageResult(String name, double secondsPerFrame, double cpuSecondsPerFrame) {
        /** Frames a second when nothing else runs. */
        public double fps() {
            return 1 / secondsPerFrame;
        }
    }

    /** End to end, frames a second. */
    public double fps() {
        return frames / seconds;
    }

    /** The rate at which the summed CPU time of the stages would fill every core: no schedule is faster. */
    public double boundFps() {
        return cores
                / stages.stream().mapToDouble(StageResult::cpuSecondsPerFrame).sum();
    }

    /** How much of the bound was reached. */
    public double share() {
        return fps() / boundFps();
    }
}
