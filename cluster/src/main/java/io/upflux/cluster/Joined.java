package io.upflux.cluster;

import java.io.Serializable;
import java.util.List;

/**
 * A joined film that has yet to get its name.
 *
 * @param file in the film's folder
 * @param warnings what was said about it, one line each
 */
record Joined(String file, List<String> warnings) implements Serializable {}
