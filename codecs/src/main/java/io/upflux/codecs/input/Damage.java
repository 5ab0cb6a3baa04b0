package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.Notices;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avformat;

/** What of an input could not be read as it should, told when its reading ends. One thread, except {@link #isThere}. */
final class Damage {
    private final Demuxer demuxer;
    private final Notices notices;
    private volatile boolean there;

    Damage(Demuxer demuxer, Notices notices) {
        this.demuxer = demuxer;
        this.notices = notices;
    }

    /** Whether there is any. Any thread. */
    boolean isThere() {
        return there;
    }

    /**
     * Tells of what was read.
     *
     * @param damaged packets or frames
     * @param repaired times of frames
     */
    void report(int damaged, int repaired) {
        if (damaged > 0) {
            warn(damaged + " damaged packet(s) or frame(s), skipped or concealed");
        }
        if (repaired > 0) {
            warn(repaired + " frame time(s) repaired");
        }
        if (demuxer.brokenOff() != null) {
            warn("reading ended early: " + demuxer.brokenOff());
        }
    }

    /** Containers state how long they are; one whose last packet ends well before was cut off. */
    void reportEarlyEnd(long furthestMicros) {
        long stated = demuxer.context().duration();
        boolean guessed = demuxer.context().duration_estimation_method() == avformat.AVFMT_DURATION_FROM_BITRATE;
        if (guessed || stated == Av.NO_PTS || stated <= 0) {
            return;
        }
        double missing = (demuxer.startMicros() + stated - furthestMicros) / (double) Av.MICROS;
        if (missing > 0.5 && missing * Av.MICROS > 0.05 * stated) {
            warn(String.format(Locale.ROOT, "ends %.1f s before its stated duration; it may be cut off", missing));
        }
    }

    private void warn(String what) {
        there = true;
        notices.warning(demuxer.name() + ": " + what);
    }
}
