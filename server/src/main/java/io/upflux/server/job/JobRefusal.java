package io.upflux.server.job;

/** Why something is not done with a job, in one line for who asked for it. */
public final class JobRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of obstacle it is. */
    public enum Reason {
        /** Not possible in the state that the job is in. */
        STATE,
        /** Larger than allowed. */
        TOO_LARGE,
        /** No model does what is asked for. */
        UNUSABLE,
        /** Nothing was sent. */
        EMPTY,
        /** What was to be sent did not come. */
        LATE,
        /** The disk is full, or nearly so. */
        NO_SPACE,
        /** As many jobs wait as may. */
        QUEUE_FULL
    }

    private final Reason reason;

    JobRefusal(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
