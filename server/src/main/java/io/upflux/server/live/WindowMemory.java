package io.upflux.server.live;

/**
 * Bytes of fragments that windows hold together, since a Java heap that is full ends the server. While they are too many, windows
 * with more than their share give up old ones. Thread-safe.
 */
final class WindowMemory {
    /** Of the process: half of the Java heap. */
    static final WindowMemory HEAP = new WindowMemory(Runtime.getRuntime().maxMemory() / 2);

    private final long most;
    private long held;
    private int windows;

    WindowMemory(long most) {
        this.most = most;
    }

    synchronized void join() {
        windows++;
    }

    /** @param bytes that the window still holds */
    synchronized void leave(long bytes) {
        windows--;
        held -= bytes;
    }

    /** @param bytes fewer than none where they are given up */
    synchronized void add(long bytes) {
        held += bytes;
    }

    /** Whether a window that holds so much should hold less. */
    synchronized boolean isShort(long bytes) {
        return held > most && bytes > most / windows;
    }
}
