package io.upflux.server.config;

/** Says what a request may make the server read from, or send to. */
public interface SourceGuard {
    /**
     * @param location a path or URL
     * @throws SourceRefused when it is not allowed
     */
    void check(String location);
}
