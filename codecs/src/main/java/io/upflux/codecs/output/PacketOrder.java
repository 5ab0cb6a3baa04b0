package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_SUBTITLE;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Keeps the decoding times of one stream rising, as every container demands. A small step back is mended by the least
 * shift; after a large one packets are left out until time has caught up.
 */
final class PacketOrder {
    private static final double LARGEST_MEND_SECONDS = 0.5;

    private long lastDts = AV_NOPTS_VALUE;
    private long lastDuration;
    private long mended;

    /** Mends the packet's times, in the stream's time base. @return false when it must be left out */
    boolean admit(AVPacket packet, AVStream stream) {
        if (packet.duration() < 0 || packet.duration() > Integer.MAX_VALUE) {
            // Damaged: muxers end with an error where one takes more than 31 bits.
            packet.duration(0);
        }
        if (packet.dts() == AV_NOPTS_VALUE) {
            if (packet.pts() != AV_NOPTS_VALUE) {
                packet.dts(lastDts == AV_NOPTS_VALUE ? packet.pts() : Math.min(packet.pts(), lastDts + lastDuration));
            } else if (lastDts != AV_NOPTS_VALUE) {
                packet.dts(lastDts + lastDuration);
            } else {
                return false;
            }
        }
        if (packet.pts() == AV_NOPTS_VALUE) {
            packet.pts(packet.dts());
        }
        // Subtitles may start together; other streams may not.
        boolean sameAllowed = stream.codecpar().codec_type() == AVMEDIA_TYPE_SUBTITLE;
        if (lastDts != AV_NOPTS_VALUE && (sameAllowed ? packet.dts() < lastDts : packet.dts() <= lastDts)) {
            AVRational base = stream.time_base();
            double back = (double) (lastDts - packet.dts()) * base.num() / base.den();
            if (back > LARGEST_MEND_SECONDS) {
                return false;
            }
            packet.dts(sameAllowed ? lastDts : lastDts + 1);
            mended++;
        }
        if (packet.pts() < packet.dts()) {
            packet.pts(packet.dts());
        }
        lastDts = packet.dts();
        lastDuration = Math.max(1, packet.duration());
        return true;
    }

    long mended() {
        return mended;
    }
}
