package io.upflux.reuse;

/** What became of each window of one picture. */
public final class ReuseMap {
    private final long pts;
    private final WindowGrid grid;
    private final byte[] states;
    private final InferenceCost inference;

    /**
     * @param pts of the picture, in ticks of its time base
     * @param states codes of {@link WindowState}, one a window in raster order; the map takes the array over
     */
    ReuseMap(long pts, WindowGrid grid, byte[] states) {
        this(pts, grid, states, InferenceCost.NONE);
    }

    private ReuseMap(long pts, WindowGrid grid, byte[] states, InferenceCost inference) {
        this.pts = pts;
        this.grid = grid;
        this.states = states;
        this.inference = inference;
    }

    /** The same of a picture whose inference took so long. */
    public ReuseMap after(InferenceCost cost) {
        return new ReuseMap(pts, grid, states, cost);
    }

    /** What inference took; nothing before it ran. */
    public InferenceCost inference() {
        return inference;
    }

    public long pts() {
        return pts;
    }

    public WindowGrid grid() {
        return grid;
    }

    public WindowState state(int column, int row) {
        return WindowState.of(states[row * grid.columns() + column]);
    }

    /** How many windows there are of each kind. */
    public WindowShares shares() {
        long[] counts = new long[WindowState.values().length];
        for (byte state : states) {
            counts[state]++;
        }
        return new WindowShares(
                counts[WindowState.UNCHANGED.code()],
                counts[WindowState.UPDATED.code()],
                counts[WindowState.COMPUTED.code()],
                counts[WindowState.NEW.code()]);
    }
}
