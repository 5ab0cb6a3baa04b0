package io.upflux.models.onnx;

import java.util.Arrays;

/**
 * Which windows pass through which blocks, as the index lists that a graph is fed with. Windows leave for good: those
 * of a block are some of the block before. Lists are never empty, since a runtime may not run a block on nothing: where
 * all windows have left, one goes on and its result is not used. Lists are also longer than need be, four bits in binary and
 * zeros or as many as there are windows, so that few lengths occur; what they add is not used either.
 */
final class HaltingPlan {
    /** Lengths of lists between one power of two and the next: 4 % more rows than need be on average. */
    private static final int STEPS = 8;

    private final long[][] gather;
    private final long[] assemble;

    private HaltingPlan(long[][] gather, long[] assemble) {
        this.gather = gather;
        this.assemble = assemble;
    }

    /**
     * @param depths how many blocks each window passes through, 1 to {@code blocks}
     * @param blocks of the network, 127 at most
     */
    static HaltingPlan of(byte[] depths, int blocks) {
        if (depths.length == 0 || blocks < 1) {
            throw new IllegalArgumentException(depths.length + " windows, " + blocks + " blocks");
        }
        int count = depths.length;
        // Of the rows of the block at hand: their windows, and where the block's first row lies among all blocks' rows.
        int[] windows = new int[count];
        long[] assemble = new long[count];
        for (int w = 0; w < count; w++) {
            if (depths[w] < 1 || depths[w] > blocks) {
                throw new IllegalArgumentException("window " + w + " has depth " + depths[w] + " of " + blocks);
            }
            windows[w] = w;
            assemble[w] = w;
        }
        long first = count;
        long[][] gather = new long[blocks - 1][];
        for (int block = 2; block <= blocks; block++) {
            long[] rows = new long[windows.length];
            int[] staying = new int[windows.length];
            int kept = 0;
            for (int row = 0; row < windows.length; row++) {
                int window = windows[row];
                if (depths[window] >= block) {
                    assemble[window] = first + kept;
                    rows[kept] = row;
                    staying[kept++] = window;
                }
            }
            int step = Math.max(1, Integer.highestOneBit(kept) / STEPS);
            int length = Math.min(count, (Math.max(1, kept) + step - 1) / step * step);
            // Beyond those that are kept, row 0 again and again.
            gather[block - 2] = Arrays.copyOf(rows, length);
            windows = Arrays.copyOf(staying, kept);
            first += length;
        }
        return new HaltingPlan(gather, assemble);
    }

    /**
     * How deep each window needs to go: to the first block after which its confidences add up to the threshold. One that is
     * not done when it has passed as many as this plan lets it gets one more.
     *
     * @param planned the depths of the plan
     * @param judged confidences of the rows of block 1, then of block 2, ..., the last excepted
     * @param threshold summed confidence at which a window is done
     */
    byte[] judge(byte[] planned, float[] judged, float threshold) {
        int blocks = gather.length + 1;
        float[] sums = new float[planned.length];
        byte[] depths = new byte[planned.length];
        int[] windows = new int[planned.length];
        Arrays.setAll(windows, w -> w);
        int first = 0;
        for (int block = 1; block < blocks; block++) {
            int rows = windows.length;
            if (block > 1) {
                long[] kept = gather[block - 2];
                int[] staying = new int[kept.length];
                for (int row = 0; row < kept.length; row++) {
                    // What only fills the list up counts for none.
                    int window = windows[(int) kept[row]];
                    staying[row] = window >= 0 && planned[window] >= block && (row == 0 || kept[row] > 0) ? window : -1;
                }
                windows = staying;
                rows = kept.length;
            }
            for (int row = 0; row < rows; row++) {
                int window = windows[row];
                if (window >= 0 && depths[window] == 0) {
                    sums[window] += judged[first + row];
                    depths[window] = (byte) (sums[window] >= threshold ? block : 0);
                }
            }
            first += rows;
        }
        for (int w = 0; w < depths.length; w++) {
            depths[w] = depths[w] > 0 ? depths[w] : (byte) Math.min(blocks, planned[w] + 1);
        }
        return depths;
    }

    /** Rows of block {@code block - 1} that go on into block {@code block}, which counts from 2. */
    long[] gather(int block) {
        return gather[block - 2].clone();
    }

    /** For every window the row of its last version, where the rows of all blocks follow each other. */
    long[] assemble() {
        return assemble.clone();
    }
}
