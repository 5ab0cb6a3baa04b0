package io.upflux.reuse;

/** What happened to a window since its result was computed, and hence what it costs now. */
public enum WindowState {
    /** Bit-identical in all planes: the result stands. */
    UNCHANGED,
    /** Changed within the {@link Tolerance}: the result is corrected to first order. */
    UPDATED,
    /** Really changed: computed again. */
    COMPUTED,
    /** Really changed and of no known origin: computed again, and where it halts is not known in advance. */
    NEW;

    private static final WindowState[] ALL = values();

    static WindowState of(byte code) {
        return ALL[code];
    }

    byte code() {
        return (byte) ordinal();
    }
}
