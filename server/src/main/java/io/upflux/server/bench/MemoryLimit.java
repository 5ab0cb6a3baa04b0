package io.upflux.server.bench;

/**
 * How fast a step of the pipeline moves memory, beside a plain copy that moves as many bytes in the same run, both on one
 * thread in its processor time.
 *
 * @param step what is done
 * @param megabytes read and written, each byte once
 * @param gigabytes in 1e9 a second
 * @param copy the same of the copy
 * @param share of the copy's
 */
public record MemoryLimit(String step, double megabytes, double gigabytes, double copy, double share) {}
