package io.upflux.server.bench;

import java.util.List;

/**
 * How near a sequence of frames comes to another, on luma, in dB PSNR of 8 bits. Equal is {@link #EQUAL}, and nothing is
 * better, so that averages and differences stay finite.
 *
 * @param psnr of all frames together
 * @param frames of each frame
 * @param worstFrame the least of them
 * @param worstBlock of the 64x64 block of any frame that is worst
 * @param where that block is
 * @param flicker of the differences between successive frames against those of the other sequence
 * @param blocks of each frame, of each 64x64 block in raster order
 */
record Quality(
        double psnr,
        List<Double> frames,
        double worstFrame,
        double worstBlock,
        Block where,
        double flicker,
        List<double[]> blocks) {
    /** What counts as equal: below, 8 bits differ. */
    static final double EQUAL = 100;

    /** A block's frame, from 0, and its top left sample. */
    record Block(int frame, int x, int y) {}

    /** Mean squared errors of nothing but rounding are not told apart: 0.25 is half a code value everywhere. */
    private static final double VISIBLE = 10 * Math.log10(255 * 255 / 0.25);

    /** How much worse than {@code other} the frame is that lost most, in dB, 0 at least. */
    double worstFrameLoss(Quality other) {
        double worst = 0;
        for (int i = 0; i < frames.size(); i++) {
            worst = Math.max(worst, other.frames.get(i) - frames.get(i));
        }
        return worst;
    }

    /** How much worse than {@code other} the block is that lost most, in dB, 0 at least; errors below half a code value are none. */
    double worstBlockLoss(Quality other) {
        double worst = 0;
        for (int i = 0; i < blocks.size(); i++) {
            for (int b = 0; b < blocks.get(i).length; b++) {
                worst = Math.max(worst, Math.min(VISIBLE, other.blocks.get(i)[b]) - blocks.get(i)[b]);
            }
        }
        return worst;
    }

    /** The block that lost most against {@code other}; its errors below half a code value are none. */
    Block mostLost(Quality other, int width) {
        Block most = where;
        double worst = 0;
        int columns = (width + QualityMeter.BLOCK - 1) / QualityMeter.BLOCK;
        for (int i = 0; i < blocks.size(); i++) {
            for (int b = 0; b < blocks.get(i).length; b++) {
                double loss = Math.min(VISIBLE, other.blocks.get(i)[b]) - blocks.get(i)[b];
                if (loss > worst) {
                    worst = loss;
                    most = new Block(i, b % columns * QualityMeter.BLOCK, b / columns * QualityMeter.BLOCK);
                }
            }
        }
        return most;
    }

    static double psnr(double meanSquare) {
        return meanSquare <= 0 ? EQUAL : Math.min(EQUAL, 10 * Math.log10(255 * 255 / meanSquare));
    }
}
