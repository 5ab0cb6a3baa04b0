package io.upflux.server.segment;

import java.io.Serializable;

/**
 * A part of a job: the frames whose time stamps lie in [from, to), in ticks of the source's video.
 *
 * @param index from 0, in order of time
 * @param from {@code Long.MIN_VALUE} in the first segment
 * @param to {@code Long.MAX_VALUE} in the last segment
 * @param first number of its first frame, from 0, by the source's packets
 * @param frames how many frames the source's packets promise
 */
public record Segment(int index, long from, long to, long first, long frames) implements Serializable {}
