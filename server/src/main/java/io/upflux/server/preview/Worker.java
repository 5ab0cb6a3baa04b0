package io.upflux.server.preview;

import io.upflux.pipeline.StreamException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks at one frame at a time, beside the pipeline; those that come meanwhile are not kept. */
final class Worker implements AutoCloseable {
    private static final long STOP_SECONDS = 30;

    private final ExecutorService thread;
    private final AtomicBoolean busy = new AtomicBoolean();

    Worker(String name) {
        thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** @param sighting closed after the look */
    void offer(Supplier<Sighting> sighting, Consumer<Sighting> look) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        Sighting kept = sighting.get();
        thread.execute(() -> {
            try (kept) {
                look.accept(kept);
            } finally {
                busy.set(false);
            }
        });
    }

    /** Waits for the look that is taken. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new StreamException("pictures of a frame are not finished");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("interrupted while pictures of a frame were made", e);
        }
    }
}
