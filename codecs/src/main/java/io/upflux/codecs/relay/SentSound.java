package io.upflux.codecs.relay;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.output.LiveAudio;
import io.upflux.pipeline.Notices;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/**
 * The best sound track of a source on its way out: its packets, where there is a container that takes them, and its samples, for
 * those that do not.
 */
final class SentSound implements AutoCloseable {
    private final Carriage carriage;
    private final AVStream source;
    private final boolean copied;
    private final @Nullable PcmDecoder decoder;

    private SentSound(Carriage carriage, AVStream source, boolean copied, @Nullable PcmDecoder decoder) {
        this.carriage = carriage;
        this.source = source;
        this.copied = copied;
        this.decoder = decoder;
    }

    /** Null when there is none that can be used. */
    static @Nullable SentSound of(Carriage carriage, Notices notices) {
        int index = av_find_best_stream(
                carriage.input(), AVMEDIA_TYPE_AUDIO, -1, carriage.videoStream(), (AVCodec) null, 0);
        if (index < 0) {
            return null;
        }
        AVStream source = carriage.input().streams(index);
        boolean copied = LiveAudio.canCopy(source.codecpar());
        PcmDecoder decoder = PcmDecoder.open(source);
        if (decoder == null && !copied) {
            notices.warning("its sound cannot be decoded and is left out");
            return null;
        }
        return new SentSound(carriage, source, copied, decoder);
    }

    void describe(DataOutput out) throws IOException {
        out.writeBoolean(copied);
        if (copied) {
            SoundFields.write(source.codecpar(), Av.rational(source.time_base()), out);
        }
        out.writeBoolean(decoder != null);
        if (decoder != null) {
            AVCodecParameters samples = Av.allocated(avcodec_parameters_alloc(), "sound");
            try {
                decoder.describeTo(samples);
                SoundFields.write(samples, Av.rational(source.time_base()), out);
            } finally {
                avcodec_parameters_free(samples);
            }
        }
    }

    /** Hands out what was read by now; each packet is valid during the call. */
    void drain(Consumer<AVPacket> packets, Consumer<AVPacket> samples) {
        for (AVPacket packet = carriage.packets().poll();
                packet != null;
                packet = carriage.packets().poll()) {
            try {
                if (packet.stream_index() != source.index() || packet.size() <= 0) {
                    continue;
                }
                if (copied) {
                    packets.accept(packet);
                }
                if (decoder != null) {
                    decoder.accept(packet, samples);
                }
            } finally {
                av_packet_free(packet);
            }
        }
    }

    /** As {@link #drain}, and what the decoder keeps back. */
    void finish(Consumer<AVPacket> packets, Consumer<AVPacket> samples) {
        drain(packets, samples);
        if (decoder != null) {
            decoder.accept(null, samples);
        }
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
        }
    }
}
