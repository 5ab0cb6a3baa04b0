package io.upflux.server.bench;

import io.upflux.pipeline.Stage;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One clip through one model in one mode. Times are processor time, which other work on the machine hardly changes.
 *
 * @param clip name
 * @param model name
 * @param mode of reuse
 * @param frames upscaled
 * @param stageSeconds a frame, of the stages between decoding and encoding
 * @param seconds a frame, by everything, from file to file
 * @param secondsAtBest a frame: {@code off}'s, its part that is neither decoding nor encoding shrunk as the inference
 *     stage was (Amdahl's law)
 * @param windows what became of them
 * @param inference what it took by the wall clock, and what it was supposed to take
 * @param quality against the ground truth, or against {@code off}; null of {@code off} without ground truth
 */
public record ReuseResult(
        String clip,
        String model,
        ReuseMode mode,
        long frames,
        Map<Stage, Double> stageSeconds,
        double seconds,
        double secondsAtBest,
        WindowShares windows,
        InferenceCost inference,
        @Nullable Figures quality) {
    /** A frame, of the network alone. */
    double inferenceSeconds() {
        return stageSeconds.getOrDefault(Stage.INFER, 0.0);
    }

    /**
     * On luma, in dB PSNR; 100 is equal.
     *
     * @param truth whether against ground truth rather than against {@code off}
     * @param psnr of all frames together
     * @param loss of it against {@code off}; 0 without ground truth
     * @param worstFrame PSNR of the worst frame
     * @param worstFrameLoss the most that a frame is worse than {@code off}'s
     * @param worstBlock PSNR of the worst 64x64 block
     * @param worstBlockLoss the most that a block is worse than {@code off}'s, errors below half a code value left out
     * @param blockFrame frame of the worst block, from 0
     * @param blockX its left edge
     * @param blockY its top edge
     * @param flicker PSNR of the differences between successive frames
     */
    public record Figures(
            boolean truth,
            double psnr,
            double loss,
            double worstFrame,
            double worstFrameLoss,
            double worstBlock,
            double worstBlockLoss,
            int blockFrame,
            int blockX,
            int blockY,
            double flicker) {
        static Figures against(boolean truth, Quality quality, Quality off) {
            return new Figures(
                    truth,
                    quality.psnr(),
                    truth ? off.psnr() - quality.psnr() : 0,
                    quality.worstFrame(),
                    quality.worstFrameLoss(off),
                    quality.worstBlock(),
                    quality.worstBlockLoss(off),
                    quality.where().frame(),
                    quality.where().x(),
                    quality.where().y(),
                    quality.flicker());
        }
    }
}
