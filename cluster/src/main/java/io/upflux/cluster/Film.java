package io.upflux.cluster;

import java.io.Serializable;

/**
 * One video of a library.
 *
 * @param input qualified path; as it was given when it is none
 * @param output qualified path
 * @param bytes size of the input; what is planned first, before lengths are known, is the largest
 */
record Film(String input, String output, long bytes) implements Serializable {}
