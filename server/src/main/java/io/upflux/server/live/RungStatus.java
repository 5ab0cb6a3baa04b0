package io.upflux.server.live;

import io.upflux.governor.GovernorStatus;
import io.upflux.governor.Reason;

/**
 * Where a stream's governor stands.
 *
 * @param index 0 the best
 * @param model that computes there
 * @param reason of its last move
 * @param lossDb how much worse its pictures are than the best rung's, in dB PSNR; not a number when that is not known
 * @param load expected time of a frame as a part of the time between frames; 0 when unknown
 */
public record RungStatus(int index, String name, String model, Reason reason, double lossDb, double load) {
    static RungStatus of(int index, GovernorStatus status) {
        return new RungStatus(
                index,
                status.rung().name(),
                status.rung().model(),
                status.reason(),
                status.rung().lossDb(),
                status.load());
    }
}
