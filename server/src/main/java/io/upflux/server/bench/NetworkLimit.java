package io.upflux.server.bench;

/**
 * How much arithmetic a network does in a second, beside a large product of matrices in the same run.
 *
 * @param model name
 * @param gigaflops multiplications and additions in 1e9 a second of wall clock
 * @param product the same of the product
 * @param share of the product's that the network reaches, by processor time: other work on the machine hardly changes it
 */
public record NetworkLimit(String model, double gigaflops, double product, double share) {}
