package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avformat;

/**
 * What of an input could not be read as it should: counted by when it would have been shown, and told when reading ends. What
 * lies before the wanted frames, on the way to them, is nobody's loss. One thread, except {@link #isThere}.
 */
final class Damage {
    private final Demuxer demuxer;
    private final Notices notices;
    private long from = Long.MIN_VALUE;
    private long to = Long.MAX_VALUE;
    private String where = "";
    private int wanted;
    private int behind;
    private boolean stepped;
    private volatile boolean there;

    Damage(Demuxer demuxer, Notices notices) {
        this.demuxer = demuxer;
        this.notices = notices;
    }

    /** Whether there is any. Any thread. */
    boolean isThere() {
        return there;
    }

    /** From now on counts what lies in [from, to), in ticks of the video. */
    void restrict(long from, long to) {
        this.from = from;
        this.to = to;
    }

    /** As {@link #restrict}; that range is a part of what is wanted, so what is told says which. */
    void restrictToPart(long from, long to, Rational timeBase) {
        restrict(from, to);
        double origin = demuxer.startMicros() / (double) Av.MICROS;
        double start = timeBase.seconds(from) - origin;
        double end = timeBase.seconds(to) - origin;
        where = from == Long.MIN_VALUE
                ? String.format(Locale.ROOT, " before %.3f s", end)
                : to == Long.MAX_VALUE
                        ? String.format(Locale.ROOT, " from %.3f s on", start)
                        : String.format(Locale.ROOT, " between %.3f and %.3f s", start, end);
    }

    /** Counts packets or frames due at a time, in ticks of the video. */
    void add(int count, long ticks) {
        if (ticks == Av.NO_PTS || (ticks >= from && ticks < to)) {
            wanted += count;
        } else if (ticks >= to) {
            behind += count;
        }
    }

    /** Forgets what was counted, since it will be read again. */
    void clear() {
        wanted = 0;
        behind = 0;
    }

    /** Tells of what was read. @param repaired times of frames */
    void report(int repaired) {
        if (wanted > 0) {
            warn(wanted + " damaged packet(s) or frame(s)" + where + ", skipped or concealed");
        }
        if (repaired > 0) {
            warn(repaired + " frame time(s)" + where + " repaired");
        }
        if (demuxer.brokenOff() != null) {
            warn("reading ended early: " + demuxer.brokenOff());
        }
        if (behind > 0) {
            // Decoders that tell late may speak of frames before the end.
            there = true;
        }
    }

    /** Containers state how long they are; one whose last packet ends well before was cut off. */
    void reportEarlyEnd(long furthestMicros) {
        long stated = demuxer.context().duration();
        boolean guessed = demuxer.context().duration_estimation_method() == avformat.AVFMT_DURATION_FROM_BITRATE;
        // The length of a stream whose clock steps is the way from its first time to its last.
        if (stepped || guessed || stated == Av.NO_PTS || stated <= 0) {
            return;
        }
        double missing = (demuxer.startMicros() + stated - furthestMicros) / (double) Av.MICROS;
        if (missing > 0.5 && missing * Av.MICROS > 0.05 * stated) {
            warn(String.format(Locale.ROOT, "ends %.1f s before its stated duration; it may be cut off", missing));
        }
    }

    /** Tells of a step of the input's clock. */
    void step(String what) {
        stepped = true;
        warn(what);
    }

    private void warn(String what) {
        there = true;
        notices.warning(demuxer.name() + ": " + what);
    }
}
