package io.upflux.server.live;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes of fragments that windows hold together, since a Java heap that is full ends the server. While they are too many, windows
 * with more than their share give up old ones. Thread-safe.
 */
final class WindowMemory {
    private static final Logger LOG = LoggerFactory.getLogger(WindowMemory.class);

    /** Of the process: half of the Java heap. */
    static final WindowMemory HEAP = new WindowMemory(Runtime.getRuntime().maxMemory() / 2);

    private final long most;
    private long held;
    private int windows;
    private boolean said;

    WindowMemory(long most) {
        this.most = most;
    }

    synchronized void join() {
        windows++;
    }

    /** @param bytes that the window still holds */
    synchronized void leave(long bytes) {
        windows--;
        add(-bytes);
    }

    /** @param bytes fewer than none where they are given up */
    synchronized void add(long bytes) {
        held += bytes;
        said &= held > most / 2;
    }

    /** Whether a window that holds so much should hold less. */
    synchronized boolean isShort(long bytes) {
        boolean isShort = held > most && bytes > most / windows;
        if (isShort && !said) {
            said = true;
            LOG.warn(
                    "the segments of {} outputs take more than {} MiB, half of the Java heap: playlists get shorter (-Xmx in UPFLUX_JAVA_OPTS)",
                    windows,
                    most >> 20);
        }
        return isShort;
    }
}
