package io.upflux.server.live;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Whether anybody wants a stream: those who follow it, those who wait for it, and those who fetch a piece now and then. Thread-safe. */
final class Demand {
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

    /** Somebody is there. */
    synchronized void touch() {
        touched = true;
        lastTouch = nanoTime.getAsLong();
        notifyAll();
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

    /** Nobody shall be served any more; whoever waits goes on. */
    synchronized void end() {
        over = true;
        notifyAll();
    }

    /** Waits for somebody, or the end. */
    synchronized void await() throws InterruptedException {
        while (!exists() && !over) {
            wait();
        }
    }

    /** Waits for a time, or the end. */
    synchronized void pause(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !over; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
