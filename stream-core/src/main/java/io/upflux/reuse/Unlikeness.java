package io.upflux.reuse;

/**
 * How much worse one thumbnail is predicted by another, with motion, than by nothing: near 0 for the next picture of a
 * scene, near 1 for pictures that have nothing in common. It compares the best match of each block with the block's own
 * texture (as x264 decides on key frames), both without the block's mean, so that fades and flashes of light count
 * little.
 */
final class Unlikeness {
    private static final int BLOCK = 4;
    private static final int REACH = 4;
    /** Texture that is no more than noise, a cell. */
    private static final int NOISE = Thumbnail.CODE;
    /** Unlikeness without motion up to which motion cannot matter. */
    private static final double CLEARLY_ALIKE = 0.25;

    private final int columns;
    private final int rows;

    Unlikeness(int columns, int rows) {
        this.columns = columns;
        this.rows = rows;
    }

    double of(int[] before, int[] after) {
        double still = of(before, after, 0);
        return still < CLEARLY_ALIKE ? still : of(before, after, REACH);
    }

    private double of(int[] before, int[] after, int reach) {
        long texture = 0;
        long rest = 0;
        for (int y = 0; y + BLOCK <= rows; y += BLOCK) {
            for (int x = 0; x + BLOCK <= columns; x += BLOCK) {
                int mean = mean(after, x, y);
                texture += BLOCK * BLOCK * NOISE;
                for (int i = 0; i < BLOCK * BLOCK; i++) {
                    texture += Math.abs(after[(y + i / BLOCK) * columns + x + i % BLOCK] - mean);
                }
                rest += bestMatch(before, after, x, y, mean, reach);
            }
        }
        return texture == 0 ? 0 : (double) rest / texture;
    }

    private int bestMatch(int[] before, int[] after, int x, int y, int mean, int reach) {
        int best = difference(before, after, x, y, x, y, mean, Integer.MAX_VALUE);
        for (int fromY = Math.max(y - reach, 0); fromY <= Math.min(y + reach, rows - BLOCK); fromY++) {
            for (int fromX = Math.max(x - reach, 0); fromX <= Math.min(x + reach, columns - BLOCK); fromX++) {
                best = Math.min(best, difference(before, after, x, y, fromX, fromY, mean, best));
            }
        }
        return best;
    }

    private int difference(int[] before, int[] after, int x, int y, int fromX, int fromY, int mean, int enough) {
        int lift = mean - mean(before, fromX, fromY);
        int sum = 0;
        for (int j = 0; j < BLOCK && sum < enough; j++) {
            int to = (y + j) * columns + x;
            int from = (fromY + j) * columns + fromX;
            for (int i = 0; i < BLOCK; i++) {
                sum += Math.abs(after[to + i] - before[from + i] - lift);
            }
        }
        return sum;
    }

    private int mean(int[] cells, int x, int y) {
        int sum = 0;
        for (int j = 0; j < BLOCK; j++) {
            int at = (y + j) * columns + x;
            sum += cells[at] + cells[at + 1] + cells[at + 2] + cells[at + 3];
        }
        return sum / (BLOCK * BLOCK);
    }
}
