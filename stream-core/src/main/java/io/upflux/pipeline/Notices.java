package io.upflux.pipeline;

/** Where a pipeline says, in one line each, what its user should know. Called from any thread. */
public interface Notices {
    /** Something was damaged, lost or replaced by something worse. Counted; an error in strict mode. */
    void warning(String line);

    /** A choice or conversion that loses nothing. */
    void info(String line);

    /** Ignores everything. */
    static Notices none() {
        return new Notices() {
            @Override
            public void warning(String line) {}

            @Override
            public void info(String line) {}
        };
    }
}
