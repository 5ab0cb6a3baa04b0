package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.Rational;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.jspecify.annotations.Nullable;

/**
 * Collects the packets of all streams but the video one for the {@link Carriage}: those of the wanted range, without
 * cover pictures, which are in their streams' parameters. One thread at a time.
 */
final class OtherStreams implements AutoCloseable {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    /** How long a subtitle stays at most; guidelines say 6 to 7 s. */
    private static final long LONGEST_SUBTITLE = 10 * Av.MICROS;

    private final Demuxer demuxer;
    private final Range range;
    /** Subtitles that are on screen when the range begins. */
    private final Queue<AVPacket> standing = new ArrayDeque<>();
    /** What comes before the first frame, and so before there is a carriage. */
    private final Queue<AVPacket> early = new ArrayDeque<>();

    private @Nullable Carriage carriage;
    private long furthestMicros = Long.MIN_VALUE;

    OtherStreams(Demuxer demuxer, Range range) {
        this.demuxer = demuxer;
        this.range = range;
    }

    /** From now on packets go there. */
    void attach(Carriage target) {
        target.packets().addAll(standing);
        target.packets().addAll(early);
        standing.clear();
        early.clear();
        carriage = target;
    }

    /** Notes how far the input has been read, by any packet. */
    void pass(AVPacket packet) {
        long micros = micros(packet);
        if (micros != Long.MIN_VALUE) {
            long duration = Math.max(packet.duration(), 0);
            furthestMicros =
                    Math.max(furthestMicros, micros + Av.rescale(duration, timeBase(packet.stream_index()), MICROS));
        }
    }

    /** End of the last packet so far, in microseconds; the least value when none stated a time. */
    long furthestMicros() {
        return furthestMicros;
    }

    /**
     * Finds the subtitles that are on screen already when the range begins. Decoding begins behind them, so this is to be
     * called before going there.
     */
    void findStanding(int videoStream) {
        if (!hasText()) {
            return;
        }
        demuxer.seek(Math.max(range.startMicros() - LONGEST_SUBTITLE, demuxer.startMicros()));
        AVPacket packet = Av.allocated(avcodec.av_packet_alloc(), demuxer.name());
        try {
            boolean before = true;
            while (before && demuxer.read(packet)) {
                before = packet.stream_index() != videoStream || micros(packet) < range.startMicros();
                if (beginsWithRange(packet)) {
                    endWithRange(packet);
                    standing.add(Av.allocated(avcodec.av_packet_clone(packet), demuxer.name()));
                }
                avcodec.av_packet_unref(packet);
            }
        } finally {
            avcodec.av_packet_free(packet);
        }
    }

    /** Keeps a packet of another stream, or drops it; {@code packet} is empty afterwards. */
    void offer(AVPacket packet) {
        if (isWanted()
                && (isInRange(packet) || (!demuxer.canSeek() && beginsWithRange(packet)))
                && !isHidden(packet)
                && !VideoStreamChoice.isCover(stream(packet.stream_index()))) {
            endWithRange(packet);
            AVPacket owned = Av.allocated(avcodec.av_packet_alloc(), demuxer.name());
            avcodec.av_packet_move_ref(owned, packet);
            Carriage target = carriage;
            if (target == null) {
                early.add(owned);
            } else {
                target.add(owned);
            }
        } else {
            avcodec.av_packet_unref(packet);
        }
    }

    /** Collects what lies behind the last picture in the input but still in the range. */
    void readToEnd(AVPacket packet, int videoStream) {
        Long end = range.endMicros();
        // Streams are interleaved to within about a second.
        long limit = end == null ? Long.MAX_VALUE : end + Av.MICROS;
        while (isWanted() && demuxer.read(packet)) {
            boolean past = micros(packet) > limit;
            if (past || packet.stream_index() == videoStream) {
                avcodec.av_packet_unref(packet);
            } else {
                offer(packet);
            }
            if (past) {
                return;
            }
        }
    }

    /** Forgets everything read so far, but for {@link #findStanding}. */
    void restart() {
        free(early);
        furthestMicros = Long.MIN_VALUE;
    }

    @Override
    public void close() {
        free(early);
        free(standing);
    }

    private static void free(Queue<AVPacket> packets) {
        for (AVPacket packet = packets.poll(); packet != null; packet = packets.poll()) {
            avcodec.av_packet_free(packet);
        }
    }

    private boolean isWanted() {
        Carriage target = carriage;
        return target == null || target.isWanted();
    }

    private boolean isInRange(AVPacket packet) {
        long micros = micros(packet);
        return micros == Long.MIN_VALUE || range.holds(micros);
    }

    /** Has a text subtitle that lasts into the range begin with it; false for all other packets, which stay as they are. */
    private boolean beginsWithRange(AVPacket packet) {
        if (!isText(packet.stream_index()) || packet.pts() == Av.NO_PTS || !range.startsLater()) {
            return false;
        }
        long start = Av.rescale(range.startMicros(), MICROS, timeBase(packet.stream_index()));
        long rest = packet.pts() + packet.duration() - start;
        if (packet.pts() >= start || rest <= 0) {
            return false;
        }
        packet.pts(start).dts(start).duration(rest);
        return true;
    }

    /** Has a text subtitle that lasts beyond the range end with it. */
    private void endWithRange(AVPacket packet) {
        Long end = range.endMicros();
        if (end != null && packet.pts() != Av.NO_PTS && isText(packet.stream_index())) {
            long rest = Av.rescale(end, MICROS, timeBase(packet.stream_index())) - packet.pts();
            packet.duration(Math.min(packet.duration(), rest));
        }
    }

    private boolean hasText() {
        return IntStream.range(0, demuxer.context().nb_streams()).anyMatch(this::isText);
    }

    private boolean isText(int index) {
        AVCodecDescriptor descriptor =
                avcodec.avcodec_descriptor_get(stream(index).codecpar().codec_id());
        return descriptor != null && !descriptor.isNull() && (descriptor.props() & avcodec.AV_CODEC_PROP_TEXT_SUB) != 0;
    }

    /** An edit list hides it. What it hides before the start, an encoder's priming, the next container hides as well. */
    private boolean isHidden(AVPacket packet) {
        return (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) != 0 && micros(packet) >= demuxer.startMicros();
    }

    /** When a packet is shown, else decoded, in microseconds; the least value when it does not say. */
    private long micros(AVPacket packet) {
        long time = packet.pts() != Av.NO_PTS ? packet.pts() : packet.dts();
        return time == Av.NO_PTS ? Long.MIN_VALUE : Av.rescale(time, timeBase(packet.stream_index()), MICROS);
    }

    private Rational timeBase(int stream) {
        return Av.rational(stream(stream).time_base());
    }

    /** Streams may appear while reading, so this is looked up each time. */
    private AVStream stream(int index) {
        return demuxer.context().streams(index);
    }
}
