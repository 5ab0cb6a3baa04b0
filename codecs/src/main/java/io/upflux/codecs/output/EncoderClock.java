package io.upflux.codecs.output;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.output.EncoderChoice.Candidate;
import io.upflux.frame.Rational;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Remembers the exact time of each picture inside an encoder, since not every encoder takes every time base and many
 * forget durations.
 */
final class EncoderClock {
    private static final Rational FALLBACK_RATE = new Rational(25, 1);

    /** SVT-AV1 refuses more, and rate control makes no sense outside of this. */
    private static final double HIGHEST_RATE = 240;

    private record Time(long pts, long duration) {}

    private final Rational source;
    private final Rational timeBase;
    private final Rational frameRate;

    /** By the encoder's time: those that a packet may still be shown or decoded at. */
    private final NavigableMap<Long, Time> inside = new TreeMap<>();

    private long last = Long.MIN_VALUE;
    private long lastDts = Long.MIN_VALUE;

    private EncoderClock(Rational source, Rational timeBase, Rational frameRate) {
        this.source = source;
        this.timeBase = timeBase;
        this.frameRate = frameRate;
    }

    static EncoderClock of(Candidate candidate, Rational source, Rational nominal) {
        Rational rate = nominal.isKnown() && nominal.toDouble() >= 1 && nominal.toDouble() <= HIGHEST_RATE
                ? nominal.reduced()
                : FALLBACK_RATE;
        Rational base = source.reduced();
        if (candidate.spec().standardRatesOnly()) {
            rate = FrameRates.nearest(rate);
            base = new Rational(rate.den(), rate.num());
        } else if (base.den() > candidate.spec().largestTimeBase() || base.num() > Integer.MAX_VALUE) {
            base = new Rational(1, Math.min(60_000, candidate.spec().largestTimeBase()));
        }
        return new EncoderClock(source, base, rate);
    }

    Rational timeBase() {
        return timeBase;
    }

    Rational frameRate() {
        return frameRate;
    }

    /** Notes a picture's time and returns the encoder's time for it. */
    long in(long pts, long duration) {
        long time = Math.max(toEncoder(pts), last == Long.MIN_VALUE ? Long.MIN_VALUE : last + 1);
        last = time;
        inside.put(time, new Time(pts, duration));
        return time;
    }

    long toEncoder(long ticks) {
        return timeBase.equals(source) ? ticks : Av.rescale(ticks, source, timeBase);
    }

    /** Puts exact times, in the pictures' time base, on a packet of the encoder. */
    void out(AVPacket packet) {
        Time time = inside.get(packet.pts());
        long dts = packet.dts() == Av.NO_PTS ? packet.pts() : packet.dts();
        long exact = exact(dts);
        if (time != null) {
            packet.pts(time.pts());
            packet.duration(time.duration());
        } else {
            packet.pts(Av.rescale(packet.pts(), timeBase, source));
        }
        if (lastDts != Long.MIN_VALUE && exact <= lastDts) {
            exact = lastDts + 1;
        }
        packet.dts(Math.min(exact, packet.pts()));
        lastDts = packet.dts();
        Long passed = inside.floorKey(dts);
        if (passed != null) {
            inside.headMap(passed, false).clear();
        }
    }

    /**
     * When a packet is decoded: where the encoder has moved pictures, decoding times move with them, or they would not
     * rise, or pass presentation times.
     */
    private long exact(long dts) {
        Map.Entry<Long, Time> at = inside.floorEntry(dts);
        Map.Entry<Long, Time> next = inside.higherEntry(dts);
        if (at != null) {
            long later = at.getValue().pts() + Av.rescale(dts - at.getKey(), timeBase, source);
            return next == null ? later : Math.min(later, next.getValue().pts() - 1);
        }
        return next == null
                ? Av.rescale(dts, timeBase, source)
                : next.getValue().pts() - Av.rescale(next.getKey() - dts, timeBase, source);
    }
}
