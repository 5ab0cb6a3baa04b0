package io.upflux.reuse;

/**
 * How much worse one thumbnail is predicted by another, with motion, than by nothing: near 0 for the next picture of a
 * scene, near 1 for pictures that have nothing in common. It compares the best match of each block with the block's own
 * texture (as x264 decides on key frames), both without the block's mean, so that fades and flashes of light count
 * little.
 */
final class Unlikeness {
    private static final int BLOCK = 4;
    private static final int CELLS = BLOCK * BLOCK;
    private static final int REACH = 4;
    /** Texture that is no more than noise, a cell. */
    private static final int NOISE = Thumbnail.CODE;
    /** Unlikeness without motion up to which motion cannot matter. */
    private static final double CLEARLY_ALIKE = 0.25;

    private final int columns;
    private final int rows;
    /** Sums of the blocks of the earlier thumbnail, by their first cell. */
    private final int[] sums;

    Unlikeness(int columns, int rows) {
        this.columns = columns;
        this.rows = rows;
        sums = new int[columns * rows];
    }

    double of(int[] before, int[] after) {
        for (int y = 0; y + BLOCK <= rows; y++) {
            for (int x = 0; x + BLOCK <= columns; x++) {
                sums[y * columns + x] = sum(before, y * columns + x);
            }
        }
        double still = of(before, after, 0);
        return still < CLEARLY_ALIKE ? still : of(before, after, REACH);
    }

    private double of(int[] before, int[] after, int reach) {
        long texture = 0;
        long rest = 0;
        for (int y = 0; y + BLOCK <= rows; y += BLOCK) {
            for (int x = 0; x + BLOCK <= columns; x += BLOCK) {
                int at = y * columns + x;
                int mean = sum(after, at) / CELLS;
                texture += CELLS * NOISE;
                for (int i = 0; i < CELLS; i++) {
                    texture += Math.abs(after[at + i / BLOCK * columns + i % BLOCK] - mean);
                }
                rest += bestMatch(before, after, x, y, mean, reach);
            }
        }
        return texture == 0 ? 0 : (double) rest / texture;
    }

    private int bestMatch(int[] before, int[] after, int x, int y, int mean, int reach) {
        int at = y * columns + x;
        int best = difference(before, at, after, at, mean, Integer.MAX_VALUE);
        for (int fromY = Math.max(y - reach, 0); fromY <= Math.min(y + reach, rows - BLOCK); fromY++) {
            for (int fromX = Math.max(x - reach, 0); fromX <= Math.min(x + reach, columns - BLOCK); fromX++) {
                best = Math.min(best, difference(before, fromY * columns + fromX, after, at, mean, best));
            }
        }
        return best;
    }

    private int difference(int[] before, int from, int[] after, int to, int mean, int enough) {
        int lift = mean - sums[from] / CELLS;
        int sum = 0;
        for (int row = 0; row < BLOCK * columns && sum < enough; row += columns) {
            int a = after[to + row] - before[from + row] - lift;
            int b = after[to + row + 1] - before[from + row + 1] - lift;
            int c = after[to + row + 2] - before[from + row + 2] - lift;
            int d = after[to + row + 3] - before[from + row + 3] - lift;
            sum += Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d);
        }
        return sum;
    }

    private int sum(int[] cells, int at) {
        int sum = 0;
        for (int row = at; row < at + BLOCK * columns; row += columns) {
            sum += cells[row] + cells[row + 1] + cells[row + 2] + cells[row + 3];
        }
        return sum;
    }
}
