package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.StreamException;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Lets inferences run at once, be interrupted together, and end before what they use is closed. */
final class Runs {
    private final String label;
    private final RunOptions options;

    /** Read by running inferences, written by closing, which so waits for them. */
    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();

    private final Object state = new Object();
    private int inRun;
    private boolean terminated;
    private boolean closed;

    Runs(String label) throws OrtException {
        this.label = label;
        this.options = new RunOptions();
    }

    /** One inference. */
    @FunctionalInterface
    interface Inference<T> {
        T run(RunOptions options) throws OrtException;
    }

    /** @throws StreamException when it fails or is interrupted, or after {@link #close} */
    <T> T call(Inference<T> inference) {
        running.readLock().lock();
        try {
            begin();
            try {
                return inference.run(options);
            } catch (OrtException e) {
                throw new StreamException(
                        label + (wasTerminated() ? ": interrupted" : ": inference failed: " + Ort.reason(e)), e);
            } finally {
                synchronized (state) {
                    inRun--;
                }
            }
        } finally {
            running.readLock().unlock();
        }
    }

    /** Makes those that run now return soon, and those that begin before the last of them has returned. */
    void interrupt() {
        synchronized (state) {
            if (inRun > 0 && !terminated) {
                terminate(true);
            }
        }
    }

    /** Interrupts, waits, and closes what they used. Idempotent. */
    void close(AutoCloseable used) {
        interrupt();
        running.writeLock().lock();
        try {
            synchronized (state) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            used.close();
            options.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            running.writeLock().unlock();
        }
    }

    private void begin() {
        synchronized (state) {
            if (closed) {
                throw new StreamException(label + ": is closed");
            }
            // All share their options: one that begins while interrupted ones are still ending is interrupted, too.
            if (terminated && inRun == 0) {
                terminate(false);
            }
            inRun++;
        }
    }

    private boolean wasTerminated() {
        synchronized (state) {
            return terminated;
        }
    }

    private void terminate(boolean on) {
        try {
            options.setTerminate(on);
            terminated = on;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
