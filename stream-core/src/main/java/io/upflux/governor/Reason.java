package io.upflux.governor;

/** Why the governor stands where it stands, or dropped a frame. */
public enum Reason {
    /** Nothing has moved it yet. */
    START,
    /** Down: the frame would have come too late, or too many were waiting. */
    BACKLOG,
    /** Down: frames took longer than the time between them, and the slack was about to end. */
    OVERLOAD,
    /** Down: frames came too late again and again although none was expected to. */
    MISSES,
    /** Up: the better rung was expected to fit with room to spare, for some time. */
    HEADROOM,
    /** Dropped: no rung would have been fast enough. The rung stays what it was. */
    HOPELESS
}
