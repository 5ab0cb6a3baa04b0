package io.upflux.server.job;

/**
 * How the work on a job ended.
 *
 * @param reason in one line; empty where there is nothing to say
 * @param further whether more segments are finished than before
 */
record JobEnd(Kind kind, String reason, boolean further) {
    enum Kind {
        /** The output is there. */
        DONE,
        /** It would fail again. */
        FAILED,
        /** It may go well another time. */
        CRASHED,
        /** It was asked to stop, by the server or by a signal. */
        STOPPED
    }

    static final JobEnd DONE = new JobEnd(Kind.DONE, "", false);
    static final JobEnd STOPPED = new JobEnd(Kind.STOPPED, "", false);

    static JobEnd failed(String reason) {
        return new JobEnd(Kind.FAILED, reason, false);
    }

    static JobEnd crashed(String reason) {
        return new JobEnd(Kind.CRASHED, reason, false);
    }

    JobEnd further(boolean more) {
        return new JobEnd(kind, reason, more);
    }
}
