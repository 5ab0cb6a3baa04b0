package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Time of an input that begins again when it has ended: each round follows on the one before. */
final class Rounds {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    private long offsetMicros;
    private long furthestMicros = Long.MIN_VALUE;

    /** Moves a packet to where it lies in this round. */
    void place(AVPacket packet, Rational timeBase) {
        long time = packet.pts() != Av.NO_PTS ? packet.pts() : packet.dts();
        if (time != Av.NO_PTS) {
            long end = time + Math.max(packet.duration(), 0);
            furthestMicros = Math.max(furthestMicros, Av.rescale(end, timeBase, MICROS));
        }
        if (offsetMicros == 0) {
            return;
        }
        long offset = Av.rescale(offsetMicros, MICROS, timeBase);
        if (packet.pts() != Av.NO_PTS) {
            packet.pts(packet.pts() + offset);
        }
        if (packet.dts() != Av.NO_PTS) {
            packet.dts(packet.dts() + offset);
        }
    }

    /**
     * Begins the next round.
     *
     * @param startMicros of the input
     * @return false when the last round had nothing, so that the next would have nothing either
     */
    boolean next(long startMicros) {
        if (furthestMicros <= startMicros) {
            return false;
        }
        offsetMicros += furthestMicros - startMicros;
        furthestMicros = Long.MIN_VALUE;
        return true;
    }
}
