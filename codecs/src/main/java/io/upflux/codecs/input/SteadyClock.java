package io.upflux.codecs.input;

import static org.bytedeco.ffmpeg.global.avformat.AVFMT_TS_DISCONT;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;

/**
 * An input's clock without its steps. Where a camera was started anew, files were put one behind the other, or an input is
 * read again from its beginning, time goes on from the end of what came before, for all streams by the same.
 */
final class SteadyClock {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    /** A smaller step back is jitter, for those to mend who need rising times. */
    private static final long LARGEST_JITTER = Av.MICROS;

    /** How far apart streams of one time lie at most. */
    static final long LARGEST_GAP = 10 * Av.MICROS;

    /** How long nothing happens in a recording; what is sent is never silent for that long. */
    private static final long LARGEST_PAUSE = 60 * Av.MICROS;

    private static final long NEVER = Long.MIN_VALUE;

    /** One stream, on the steady clock. */
    private static final class Track {
        private long offset;
        private long last = NEVER;
        private long end;

        Track(long offset) {
            this.offset = offset;
        }
    }

    private final long start;
    private final long largestPause;
    private final Map<Integer, Track> tracks = new HashMap<>();
    private Consumer<String> told = step -> {};
    /** Of the latest step. */
    private long offset;

    private long furthest = NEVER;
    /** Where this reading of the input began. */
    private long round;

    private long lastStep = NEVER;

    /**
     * @param start of the input in microseconds
     * @param largestPause microseconds of which nothing need be there; what is further ahead is a step
     */
    SteadyClock(long start, long largestPause) {
        this.start = start;
        this.largestPause = largestPause;
        this.round = start;
    }

    /** @param sent whether it comes as it happens, or nearly so */
    static SteadyClock of(AVFormatContext input, long start, boolean sent) {
        // In other containers a step ahead is a pause.
        boolean mayLeap = (input.iformat().flags() & AVFMT_TS_DISCONT) != 0;
        return new SteadyClock(start, !mayLeap ? Long.MAX_VALUE : sent ? LARGEST_GAP : LARGEST_PAUSE);
    }

    /** From now on each step is told of once, however often it is read. */
    void onStep(Consumer<String> listener) {
        told = listener;
    }

    /** Moves a packet to where it belongs. */
    void place(AVPacket packet, AVStream stream) {
        Rational base = Av.rational(stream.time_base());
        Track track = tracks.computeIfAbsent(packet.stream_index(), index -> new Track(offset));
        long duration = Av.rescale(Math.max(packet.duration(), 0), base, MICROS);
        if (!isPaced(stream)) {
            track.offset = offset;
        } else if (packet.dts() != Av.NO_PTS) {
            follow(track, Av.rescale(packet.dts(), base, MICROS), Math.min(duration, LARGEST_GAP));
        }
        long ticks = Av.rescale(track.offset, MICROS, base);
        if (packet.dts() != Av.NO_PTS) {
            packet.dts(packet.dts() + ticks);
        }
        if (packet.pts() != Av.NO_PTS) {
            packet.pts(packet.pts() + ticks);
        }
        long time = packet.pts() != Av.NO_PTS ? packet.pts() : packet.dts();
        if (time != Av.NO_PTS) {
            furthest = Math.max(furthest, Av.rescale(time, base, MICROS) + duration);
        }
    }

    /**
     * Has the input read again from its beginning, behind what was read so far.
     *
     * @param rewind goes there, and restarts this
     * @return false when nothing was read, so that there would be nothing again
     */
    boolean beginAgain(Runnable rewind) {
        long end = furthest;
        if (end <= round) {
            return false;
        }
        rewind.run();
        round = end;
        offset = end - start;
        return true;
    }

    /** The next packet does not follow the one before. */
    void restart() {
        round = start;
        offset = 0;
        furthest = NEVER;
        tracks.clear();
    }

    /** Whether packets follow each other closely, so that a gap means something. */
    private static boolean isPaced(AVStream stream) {
        int type = stream.codecpar().codec_type();
        return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
    }

    private void follow(Track track, long time, long duration) {
        if (track.last != NEVER) {
            // Where one stream has stepped, those beside it do so a little later: each when that is nearer to it.
            if (Math.abs(time + offset - track.end) < Math.abs(time + track.offset - track.end)) {
                track.offset = offset;
            }
            if (isElsewhere(track, time + track.offset)) {
                long at = endBeside(track);
                say(at, time + track.offset - at);
                offset = at - time;
                track.offset = offset;
            }
        }
        track.last = time + track.offset;
        track.end = track.last + duration;
    }

    private boolean isElsewhere(Track track, long time) {
        boolean back = time < track.last - LARGEST_JITTER;
        return back || tracks.values().stream().noneMatch(other -> isWithin(largestPause, other, time));
    }

    /** Where the last of the streams that go with this one ends; programs of a transport stream have clocks of their own. */
    private long endBeside(Track track) {
        return tracks.values().stream()
                .filter(other -> isWithin(LARGEST_GAP, other, track.end))
                .mapToLong(other -> other.end)
                .max()
                .orElse(track.end);
    }

    private static boolean isWithin(long gap, Track track, long time) {
        return track.last != NEVER && Math.abs(time - track.end) <= gap;
    }

    private void say(long at, long by) {
        long place = at - round;
        if (place > lastStep) {
            lastStep = place;
            double seconds = by / (double) Av.MICROS;
            told.accept(String.format(
                    Locale.ROOT,
                    "the clock steps %s by %.3f s at %.3f s; time goes on without it",
                    seconds < 0 ? "back" : "ahead",
                    Math.abs(seconds),
                    place / (double) Av.MICROS));
        }
    }
}
