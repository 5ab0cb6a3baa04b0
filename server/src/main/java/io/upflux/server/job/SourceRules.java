package io.upflux.server.job;

/** Which inputs a job may name. */
public interface SourceRules {
    /**
     * Checks an input; may look at the disk.
     *
     * @return the input as it is to be opened
     * @throws JobRefusal when it is not allowed
     */
    String check(String input);
}
