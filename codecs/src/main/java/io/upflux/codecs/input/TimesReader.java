package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaTimes;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** Reads an input through for {@link MediaTimes}. */
public final class TimesReader {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    /** A stream on the way; times in microseconds. */
    private static final class Tally {
        private long packets;
        private long untimed;
        private long first = Long.MAX_VALUE;
        private long end = Long.MIN_VALUE;

        void add(long from, long to) {
            packets++;
            first = Math.min(first, from);
            end = Math.max(end, to);
        }
    }

    private final Demuxer demuxer;
    private final Range range;
    private final int video;
    private final Rational timeBase;
    private final List<Tally> tallies = new ArrayList<>();
    private final Times frames = new Times();
    private final Times keys = new Times();
    private boolean divisible;
    private long lastDts = Long.MIN_VALUE;
    private long firstKey = Av.NO_PTS;

    private TimesReader(Demuxer demuxer, InputOptions options) {
        this.demuxer = demuxer;
        video = VideoStreamChoice.of(demuxer.context(), options.videoStream(), demuxer.name());
        timeBase = demuxer.timeBase(video);
        range = Range.of(options, demuxer.startMicros(), timeBase);
        divisible = demuxer.canSeek() && !demuxer.isPicture();
        demuxer.onStep(step -> divisible = false);
    }

    /** @param progress told of each packet */
    public static MediaTimes read(String location, InputOptions options, Runnable progress) {
        try (Demuxer demuxer = new Demuxer(location, options)) {
            return new TimesReader(demuxer, options).read(progress);
        }
    }

    private MediaTimes read(Runnable progress) {
        AVPacket packet = Av.allocated(avcodec.av_packet_alloc(), demuxer.name());
        try {
            while (demuxer.read(packet)) {
                note(packet);
                avcodec.av_packet_unref(packet);
                progress.run();
            }
        } finally {
            avcodec.av_packet_free(packet);
        }
        boolean distinct = frames.sort();
        keys.sort();
        joinFields();
        return new MediaTimes(timeBase, frames, keys, divisible && distinct, tracks());
    }

    private void note(AVPacket packet) {
        int stream = packet.stream_index();
        while (tallies.size() <= stream) {
            tallies.add(new Tally());
        }
        // AVI and ASF state when packets are decoded only.
        long time = packet.pts() != Av.NO_PTS ? packet.pts() : packet.dts();
        if (stream == video) {
            noteOrder(packet);
            if (firstKey == Av.NO_PTS && (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0) {
                firstKey = time;
            }
        }
        if ((packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) != 0) {
            return;
        }
        if (time == Av.NO_PTS) {
            tallies.get(stream).untimed++;
            return;
        }
        Rational base = demuxer.timeBase(stream);
        long micros = Av.rescale(time, base, MICROS);
        boolean wanted = stream == video
                ? time >= range.startTicks() && time < range.endTicks() && isDecodable(time)
                : range.holds(micros);
        if (!wanted) {
            return;
        }
        tallies.get(stream).add(micros, micros + Av.rescale(Math.max(0, packet.duration()), base, MICROS));
        if (stream == video) {
            frames.add(time);
            if ((packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0) {
                keys.add(time);
            }
        }
    }

    /** What comes before the first key frame, in either order, lacks what it refers to. */
    private boolean isDecodable(long time) {
        return firstKey != Av.NO_PTS && time >= firstKey;
    }

    /** Where each field has a packet, a frame has two: the later ones are left out. */
    private void joinFields() {
        AVStream stream = demuxer.context().streams(video);
        int order = stream.codecpar().field_order();
        Rational rate = Av.rational(avformat.av_guess_frame_rate(demuxer.context(), stream, null));
        boolean interlaced = order != avcodec.AV_FIELD_UNKNOWN && order != avcodec.AV_FIELD_PROGRESSIVE;
        if (interlaced && rate.isKnown()) {
            frames.thinOut(Av.rescale(3, new Rational(rate.den(), 4 * rate.num()), timeBase));
        }
    }

    private void noteOrder(AVPacket packet) {
        boolean leap = packet.dts() != Av.NO_PTS && packet.dts() < lastDts;
        divisible &= packet.pts() != Av.NO_PTS && !leap;
        if (packet.dts() != Av.NO_PTS) {
            lastDts = packet.dts();
        }
    }

    private List<MediaTimes.Track> tracks() {
        List<MediaTimes.Track> tracks = new ArrayList<>();
        for (int i = 0; i < demuxer.context().nb_streams(); i++) {
            AVStream stream = demuxer.context().streams(i);
            int type = stream.codecpar().codec_type();
            if (VideoStreamChoice.isCover(stream) || type == avutil.AVMEDIA_TYPE_ATTACHMENT) {
                continue;
            }
            Tally tally = i < tallies.size() ? tallies.get(i) : new Tally();
            boolean any = tally.packets > 0;
            tracks.add(new MediaTimes.Track(
                    i,
                    String.valueOf(Av.string(avutil.av_get_media_type_string(type))),
                    String.valueOf(
                            Av.string(avcodec.avcodec_get_name(stream.codecpar().codec_id()))),
                    i == video,
                    tally.packets,
                    tally.untimed,
                    any ? tally.first / (double) Av.MICROS : Double.NaN,
                    any ? tally.end / (double) Av.MICROS : Double.NaN));
        }
        return tracks;
    }

    /** A list that stores plain numbers: a film has hundreds of thousands. */
    private static final class Times extends AbstractList<Long> implements java.util.RandomAccess {
        private long[] ticks = new long[1024];
        private int size;

        void add(long time) {
            if (size == ticks.length) {
                ticks = Arrays.copyOf(ticks, 2 * size);
            }
            ticks[size++] = time;
        }

        /** Whether no two are equal. */
        boolean sort() {
            Arrays.sort(ticks, 0, size);
            for (int i = 1; i < size; i++) {
                if (ticks[i] == ticks[i - 1]) {
                    return false;
                }
            }
            return true;
        }

        /** Leaves out times that lie less than {@code least} behind the one before. */
        void thinOut(long least) {
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (kept == 0 || ticks[i] - ticks[kept - 1] >= least) {
                    ticks[kept++] = ticks[i];
                }
            }
            size = kept;
        }

        @Override
        public Long get(int index) {
            return ticks[index];
        }

        @Override
        public int size() {
            return size;
        }
    }
}
