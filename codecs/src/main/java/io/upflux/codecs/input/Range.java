package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.time.Duration;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * The part of an input that is wanted, on the input's own clock: from the first instant to, exclusively, the last.
 *
 * @param startMicros in microseconds; where the input begins when no start was asked for
 * @param endMicros null for all
 * @param startTicks first wanted time stamp of the video, {@code Long.MIN_VALUE} for all
 * @param endTicks first time stamp of the video that is not wanted, {@code Long.MAX_VALUE} for none
 */
record Range(long startMicros, @Nullable Long endMicros, long startTicks, long endTicks) {
    /** @param originMicros what the input's clock shows at its beginning */
    static Range of(InputOptions options, long originMicros, Rational timeBase) {
        Duration start = options.start();
        Duration length = options.duration();
        long from = originMicros + (start == null ? 0 : micros(start));
        Long to = length == null ? null : Long.valueOf(from + micros(length));
        return new Range(
                from,
                to,
                start == null || start.isZero() ? Long.MIN_VALUE : ticks(from, timeBase),
                to == null ? Long.MAX_VALUE : ticks(to, timeBase));
    }

    boolean startsLater() {
        return startTicks != Long.MIN_VALUE;
    }

    boolean endsEarlier() {
        return endTicks != Long.MAX_VALUE;
    }

    /** Whether a packet of another stream, shown at this time, belongs to it. */
    boolean holds(long micros) {
        return (!startsLater() || micros >= startMicros) && (endMicros == null || micros < endMicros);
    }

    /** The first tick at or after an instant, which was rounded to a whole microsecond on its way here. */
    private static long ticks(long micros, Rational timeBase) {
        return avutil.av_rescale_rnd(
                micros - 1, timeBase.den(), Math.multiplyExact(timeBase.num(), Av.MICROS), avutil.AV_ROUND_UP);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
