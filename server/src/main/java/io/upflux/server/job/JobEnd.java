package io.upflux.server.job;

/**
 * How the work on a job ended.
 *
 * @param reason in one line; empty where there is nothing to say
 */
record JobEnd(Kind kind, String reason) {
    enum Kind {
        /** The output is there. */
        DONE,
        /** It would fail again. */
        FAILED,
        /** It may go well another time. */
        CRASHED,
        /** It was asked to stop. */
        STOPPED
    }

    static final JobEnd DONE = new JobEnd(Kind.DONE, "");
    static final JobEnd STOPPED = new JobEnd(Kind.STOPPED, "");

    static JobEnd failed(String reason) {
        return new JobEnd(Kind.FAILED, reason);
    }

    static JobEnd crashed(String reason) {
        return new JobEnd(Kind.CRASHED, reason);
    }
}
