package io.upflux.server.live;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whether anybody wants a stream: those who follow it, those who wait for it, and those who fetch a piece now and then. Thread-safe. */
final class Demand {
    /** Nobody tells when the last one has left. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final IntSupplier followers;
    private final LongSupplier nanoTime;
    private boolean always;
    private long lingerNanos;
    private long lastTouch;
    private boolean touched;
    private int waiting;
    private boolean over;

    /**
     * @param always whether it is wanted whoever watches
     * @param linger how long somebody who fetched a piece may take to fetch the next
     * @param followers how many follow
     */
    Demand(boolean always, Duration linger, IntSupplier followers, LongSupplier nanoTime) {
        this.always = always;
        this.lingerNanos = linger.toNanos();
        this.followers = followers;
        this.nanoTime = nanoTime;
    }

    /** One who waits, until this is closed, and then may fetch a piece. */
    interface Waiting extends AutoCloseable {
        @Override
        void close();
    }

    /** As said to the constructor, from now on. */
    synchronized void adjust(boolean nowAlways, Duration linger) {
        always = nowAlways;
        lingerNanos = linger.toNanos();
        notifyAll();
    }

    /** Somebody is there. @return false after the end */
    synchronized boolean touch() {
        touched = true;
        lastTouch = nanoTime.getAsLong();
        notifyAll();
        return !over;
    }

    /** How long somebody who fetched a piece may take to fetch the next. */
    synchronized Duration linger() {
        return Duration.ofNanos(lingerNanos);
    }

    /** Somebody waits for what is to come. */
    synchronized Waiting waiting() {
        waiting++;
        touch();
        return () -> {
            synchronized (this) {
                waiting--;
                touch();
            }
        };
    }

    synchronized boolean exists() {
        boolean recently = touched && nanoTime.getAsLong() - lastTouch < lingerNanos;
        return !over && (always || recently || waiting > 0 || followers.getAsInt() > 0);
    }

    /** As {@link #exists}; where nobody is, this is the end, so that whoever comes later learns it. */
    synchronized boolean existsOrEnds() {
        over |= !exists();
        return !over;
    }

    /** Nobody shall be served any more; whoever waits goes on. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Waits for somebody. @return false at the end */
    synchronized boolean await() throws InterruptedException {
        while (!exists() && !over) {
            wait();
        }
        return !over;
    }

    /** Waits for a time, or the end. */
    void pause(Duration time) throws InterruptedException {
        pause(time, () -> !over);
    }

    /** Waits for a time, or until nobody is there. */
    void pauseWhileWanted(Duration time) throws InterruptedException {
        pause(time, this::exists);
    }

    private synchronized void pause(Duration time, BooleanSupplier goesOn) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && goesOn.getAsBoolean(); left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, LOOK.toNanos()));
        }
    }

    /** Completes when nobody is there any more. */
    Mono<Void> gone() {
        return Flux.interval(LOOK).filter(tick -> !exists()).next().then();
    }
}
