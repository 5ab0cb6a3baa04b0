package io.upflux.server.live;

/** Where a live stream is. */
public enum StreamState {
    /** The model is being made ready. */
    STARTING,
    /** Nobody watches, and it only runs when somebody does. */
    IDLE,
    /** The source is being opened. */
    CONNECTING,
    /** Frames come. */
    LIVE,
    /** The source failed or ended; it will be tried again. */
    WAITING,
    /** What all its sources need cannot be had, such as its model; it will be tried again. */
    FAILED,
    /** The server stops it. */
    CLOSED
}
