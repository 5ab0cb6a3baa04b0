package io.upflux.governor;

/** Where the governor reads the time, so that it can be driven by a clock of one's own. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since any fixed moment; never runs backwards. */
    long read();

    /** The system's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
