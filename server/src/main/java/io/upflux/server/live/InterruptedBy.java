package io.upflux.server.live;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Interrupts the thread that made it when something completes before it is closed, and never afterwards. */
final class InterruptedBy implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Disposable watch;
    private boolean closed;

    InterruptedBy(Mono<Void> event) {
        watch = event.subscribe(null, null, this::interrupt);
    }

    @Override
    public void close() {
        watch.dispose();
        synchronized (this) {
            closed = true;
        }
        Thread.interrupted();
    }

    private synchronized void interrupt() {
        if (!closed) {
            thread.interrupt();
        }
    }
}
