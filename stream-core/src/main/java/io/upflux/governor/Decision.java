package io.upflux.governor;

/**
 * How one frame is to be made.
 *
 * @param rung to use; {@link Rung#drop} says to throw the frame away
 * @param index of the rung in the ladder, 0 the best
 * @param reason why this rung
 * @param deadline of the frame, as it was given
 * @param time when it was decided
 */
public record Decision(Rung rung, int index, Reason reason, long deadline, long time) {}
