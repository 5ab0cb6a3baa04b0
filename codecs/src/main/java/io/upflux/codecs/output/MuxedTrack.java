package io.upflux.codecs.output;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** The place of one encoder's packets in a muxer: its stream is added when the encoder has opened. */
final class MuxedTrack implements Consumer<AVPacket> {
    private final Muxer muxer;
    private int stream = -1;
    private @Nullable AVRational timeBase;

    MuxedTrack(Muxer muxer) {
        this.muxer = muxer;
    }

    /**
     * Adds the stream.
     *
     * @param base time base of the packets to come
     * @return its description, to be filled in
     */
    AVCodecParameters add(Rational base) {
        AVStream target = muxer.addStream(base);
        stream = target.index();
        timeBase = Av.rational(base);
        return target.codecpar();
    }

    @Override
    public void accept(AVPacket packet) {
        AVRational base = timeBase;
        if (base == null) {
            throw new IllegalStateException("no stream was added");
        }
        muxer.write(packet, stream, base);
    }
}
