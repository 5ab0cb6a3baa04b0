package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.Remux;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Sinks;

/**
 * Where a stream goes besides to its viewers, on a thread of its own. It follows as they do, with a queue bounded in bytes, so
 * that it never holds up the stream. What fails is begun again after a pause.
 */
abstract class Output implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger("io.upflux.server.live");

    /** What is under way at the end may take so long to finish. */
    private static final long FINISH_MILLIS = 5000;

    private static final long STOP_MILLIS = 15_000;

    private final String name;
    private final FragmentWindow window;
    private final Form form;
    private final long bytes;
    private final Thread worker;
    private final Backoff backoff = new Backoff(System::nanoTime);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private volatile boolean working;
    private volatile @Nullable String error;

    /**
     * @param name for people
     * @param form of the stream that it reads
     * @param bytes what may wait
     */
    Output(String name, FragmentWindow window, Form form, long bytes) {
        this.name = name;
        this.window = window;
        this.form = form;
        this.bytes = bytes;
        this.worker = new Thread(this::run, "upflux-output-" + name);
        worker.setDaemon(true);
    }

    /**
     * Works until the fragments end.
     *
     * @param fragments from the last key frame on, until the stream ends or this is closed
     */
    abstract void work(Following fragments);

    /** What went wrong, without what viewers shall not see. */
    String shown(String line) {
        return line;
    }

    final void start() {
        worker.start();
    }

    final String name() {
        return name;
    }

    /** Whether fragments arrive there. */
    final boolean working() {
        return working;
    }

    /** What went wrong last; null when nothing did since it last worked. */
    final @Nullable String error() {
        return error;
    }

    /** What follows from a key frame on, as long as it belongs there. */
    final Movie movie(Fragment first, Following rest, Predicate<Fragment> belongs) {
        return new Movie(first, rest, form, belongs);
    }

    /** Copies a movie to its end. */
    final void copy(ReadableByteChannel movie, String location, @Nullable String format) {
        try (Remux remux = Remux.open(name, movie, location, format)) {
            working = true;
            backoff.working();
            error = null;
            remux.run();
        } finally {
            working = false;
        }
    }

    /** The next fragment that decoding can start with; null at the end. */
    static @Nullable Fragment key(Following fragments) {
        while (fragments.hasNext()) {
            Fragment fragment = fragments.next();
            if (fragment.independent()) {
                return fragment;
            }
        }
        return null;
    }

    /** Finishes what is under way, or gives it up when that takes too long. */
    @Override
    public final void close() {
        stopped.countDown();
        stop.tryEmitEmpty();
        try {
            worker.join(FINISH_MILLIS);
            if (worker.isAlive()) {
                worker.interrupt();
                worker.join(STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (worker.isAlive()) {
            LOG.error("{}: does not stop", name);
        }
    }

    private void run() {
        boolean more = true;
        try {
            while (more) {
                try (Following fragments = new Following(window, form, bytes, stop.asMono())) {
                    work(fragments);
                    return;
                } catch (RuntimeException | Error e) {
                    more = goesOn(e, backoff.pause());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: given up", name);
        }
    }

    /** Tells of a failure and waits. @return whether to begin again: it is not to stop */
    private boolean goesOn(Throwable failure, Duration pause) throws InterruptedException {
        String line = FaultLine.logged(name, failure);
        line = failure instanceof StreamException ? line : name + ": " + line;
        error = shown(line);
        if (stopped.getCount() == 0) {
            LOG.warn("{}", line);
            return false;
        }
        LOG.warn("{}; trying again in {} s", line, pause.toMillis() / 1000.0);
        return !stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }
}
