package io.upflux.models.sharing;

import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.Stroke;
import org.jspecify.annotations.Nullable;

/** One call of a network, from when it comes until it is over. Guarded by the queue it waits in, but for what is final. */
final class Call {
    final SharedResolver caller;
    final @Nullable Stroke stroke;
    final Runnable alone;

    /** When it goes before others, by the queue's clock. */
    final long due;

    /** Goes before later ones that are due at the same time. */
    final long number;

    final long came;

    State state = State.WAITING;
    boolean interrupted;

    @Nullable
    Throwable failure;

    /** Where a call stands. */
    enum State {
        WAITING,
        RUNNING,
        OVER
    }

    /**
     * @param stroke what it computes, where that may be computed together with others
     * @param alone computes it by itself
     */
    Call(SharedResolver caller, @Nullable Stroke stroke, Runnable alone, long due, long number, long came) {
        this.caller = caller;
        this.stroke = stroke;
        this.alone = alone;
        this.due = due;
        this.number = number;
        this.came = came;
    }

    /** Ends it because its caller no longer wants it. */
    void giveUp() {
        failure = new StreamException(caller.traits().name() + ": interrupted");
        state = State.OVER;
    }

    /** Computes it by itself, and keeps what goes wrong for its caller. */
    void attempt() {
        try {
            alone.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Tells its caller what went wrong. */
    void throwFailure() {
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
