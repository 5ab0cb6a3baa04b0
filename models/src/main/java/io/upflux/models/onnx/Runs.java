package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.StreamException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Lets inferences run at once, be interrupted together or one by one, and end before what they use is closed. */
final class Runs {
    private final String label;

    /** Read by running inferences, written by closing, which so waits for them. */
    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();

    private final Map<Thread, Run> runs = new HashMap<>();
    private boolean closed;

    Runs(String label) {
        this.label = label;
    }

    /** One inference. */
    @FunctionalInterface
    interface Inference<T> {
        T run(RunOptions options) throws OrtException;
    }

    private static final class Run {
        private final RunOptions options;
        private boolean terminated;

        Run(RunOptions options) {
            this.options = options;
        }
    }

    /** @throws StreamException when it fails or is interrupted, or after {@link #close} */
    <T> T call(Inference<T> inference) {
        running.readLock().lock();
        try (RunOptions options = new RunOptions()) {
            Run run = begin(options);
            try {
                return inference.run(options);
            } catch (OrtException e) {
                if (wasTerminated(run)) {
                    throw new StoppedException(label + ": interrupted", e);
                }
                throw new StreamException(label + ": inference failed: " + Ort.reason(e), e);
            } finally {
                end();
            }
        } catch (OrtException e) {
            throw new StreamException(label + ": " + Ort.reason(e), e);
        } finally {
            running.readLock().unlock();
        }
    }

    /** Makes those that run now return soon. */
    synchronized void interrupt() {
        runs.values().forEach(Runs::terminate);
    }

    /** Makes the one that runs on a thread return soon. */
    synchronized void interrupt(Thread caller) {
        Run run = runs.get(caller);
        if (run != null) {
            terminate(run);
        }
    }

    /** Interrupts, waits, and closes what they used. Idempotent. */
    void close(AutoCloseable used) {
        interrupt();
        running.writeLock().lock();
        try {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            used.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            running.writeLock().unlock();
        }
    }

    private synchronized Run begin(RunOptions options) {
        if (closed) {
            throw new StoppedException(label + ": is closed");
        }
        Run run = new Run(options);
        runs.put(Thread.currentThread(), run);
        return run;
    }

    private synchronized void end() {
        runs.remove(Thread.currentThread());
    }

    private synchronized boolean wasTerminated(Run run) {
        return run.terminated;
    }

    private static void terminate(Run run) {
        if (run.terminated) {
            return;
        }
        try {
            run.options.setTerminate(true);
            run.terminated = true;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
