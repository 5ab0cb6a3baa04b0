package io.upflux.server.config;

/** What somebody may do; each role may do all that those before it may. */
public enum Role {
    /** Nothing. */
    NONE,
    /** Watch streams and see what the server does. */
    VIEWER,
    /** Change streams. */
    OPERATOR,
    /** Everything. */
    ADMIN;

    /** Whether this role is that one or more. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
