package io.upflux.server.bench;

/**
 * What more of something costs.
 *
 * @param of what there is more of
 * @param step how much, for people
 * @param times how much more than at the first step
 * @param cpuSeconds processor time, of a frame or of a batch of tiles
 * @param cost times the first step's
 * @param resident bytes of memory of the whole process, 0 where it was not looked at
 */
public record ScalingResult(String of, String step, double times, double cpuSeconds, double cost, long resident) {}
