package io.upflux.frame;

/** How many of a network's blocks computed each window of one picture: 1 where it stopped soonest. */
public final class HaltingMap {
    private final long pts;
    private final int width;
    private final int height;
    private final int window;
    private final int blocks;
    private final byte[] depths;

    /**
     * @param pts of the picture, in ticks of its time base
     * @param width in windows; the last one may reach beyond the picture
     * @param height in windows
     * @param window side of a window in LR pixels
     * @param blocks of the network
     * @param depths one byte a window in raster order, 1 to {@code blocks}; the map takes the array over
     */
    public HaltingMap(long pts, int width, int height, int window, int blocks, byte[] depths) {
        if (depths.length != width * height) {
            throw new IllegalArgumentException(
                    width + "x" + height + " windows have no " + depths.length + " halting depths");
        }
        this.pts = pts;
        this.width = width;
        this.height = height;
        this.window = window;
        this.blocks = blocks;
        this.depths = depths;
    }

    public long pts() {
        return pts;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public int window() {
        return window;
    }

    public int blocks() {
        return blocks;
    }

    /** Blocks that computed the window in column {@code x} and row {@code y}. */
    public int depth(int x, int y) {
        return depths[y * width + x];
    }
}
