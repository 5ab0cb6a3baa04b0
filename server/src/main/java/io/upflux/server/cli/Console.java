package io.upflux.server.cli;

import java.io.PrintStream;

/**
 * The streams of one run of the program: lines for people on standard error, with at most one progress line that is
 * redrawn below them, and standard output for what programs read. Thread-safe.
 */
public final class Console {
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private String status = "";

    /**
     * @param out standard output
     * @param err standard error
     * @param terminal whether {@code err} is a terminal, where a line may be redrawn
     */
    public Console(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** Standard output. */
    public PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Whether lines on standard error can be redrawn. */
    public boolean isTerminal() {
        return terminal;
    }

    /** A line for people. */
    public synchronized void say(String line) {
        err.print(status.isEmpty() ? line + System.lineSeparator() : ERASE_LINE + line + System.lineSeparator());
        err.print(status);
        err.flush();
    }

    /** Redraws the progress line; only on a terminal. */
    public synchronized void status(String line) {
        status = line;
        err.print(ERASE_LINE + line);
        err.flush();
    }

    /** Takes the progress line away. */
    public synchronized void clearStatus() {
        if (!status.isEmpty()) {
            status = "";
            err.print(ERASE_LINE);
            err.flush();
        }
    }
}
