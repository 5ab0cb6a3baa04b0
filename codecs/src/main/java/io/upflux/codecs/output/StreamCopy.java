package io.upflux.codecs.output;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.Notices;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** A stream whose packets pass unchanged. */
final class StreamCopy implements Carried {
    private final Muxer muxer;
    private final Notices notices;
    private final String label;
    private final int target;
    private final AVRational timeBase;
    private long dropped;

    /** @param target index of the output stream */
    StreamCopy(Muxer muxer, Notices notices, String label, AVStream source, int target) {
        this.muxer = muxer;
        this.notices = notices;
        this.label = label;
        this.target = target;
        this.timeBase = Av.rational(Av.rational(source.time_base()));
    }

    @Override
    public void accept(AVPacket packet) {
        if (packet.size() > 0 || packet.side_data_elems() > 0) {
            if (!muxer.write(packet, target, timeBase)) {
                dropped++;
            }
        }
    }

    @Override
    public void finish() {
        if (dropped > 0) {
            notices.warning(label + ": " + dropped + " packets with impossible times were left out");
        }
        if (muxer.mended(target) > 0) {
            notices.warning(label + ": the times of " + muxer.mended(target) + " packets did not rise and were mended");
        }
    }

    @Override
    public void close() {}
}
