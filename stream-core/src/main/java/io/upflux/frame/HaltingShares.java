package io.upflux.frame;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/** Which share of all windows halted before each block, over any number of pictures. */
public final class HaltingShares implements Serializable {
    private static final long serialVersionUID = 1;

    private long windows;
    private long[] skipped = {};

    /**
     * What was counted elsewhere.
     *
     * @param windows in all
     * @param skipped how many of them block 1, 2, ... did not compute
     */
    public static HaltingShares of(long windows, List<Long> skipped) {
        HaltingShares shares = new HaltingShares();
        shares.windows = windows;
        shares.skipped = skipped.stream().mapToLong(Long::longValue).toArray();
        return shares;
    }

    /** Counts the windows of one picture. */
    public void add(HaltingMap map) {
        reserve(map.blocks());
        windows += (long) map.width() * map.height();
        for (int y = 0; y < map.height(); y++) {
            for (int x = 0; x < map.width(); x++) {
                for (int block = map.depth(x, y); block < map.blocks(); block++) {
                    skipped[block]++;
                }
            }
        }
    }

    /** Counts what {@code other} has counted. */
    public void add(HaltingShares other) {
        reserve(other.skipped.length);
        windows += other.windows;
        for (int block = 0; block < other.skipped.length; block++) {
            skipped[block] += other.skipped[block];
        }
    }

    /** Shares of the windows that block 1, 2, ... did not compute, 0 to 1; empty when nothing was counted. */
    public List<Double> perBlock() {
        return Arrays.stream(skipped)
                .mapToObj(count -> (double) count / windows)
                .toList();
    }

    /** Windows counted. */
    public long windows() {
        return windows;
    }

    /** How many of them block 1, 2, ... did not compute. */
    public List<Long> skipped() {
        return Arrays.stream(skipped).boxed().toList();
    }

    private void reserve(int blocks) {
        if (skipped.length < blocks) {
            skipped = Arrays.copyOf(skipped, blocks);
        }
    }
}
