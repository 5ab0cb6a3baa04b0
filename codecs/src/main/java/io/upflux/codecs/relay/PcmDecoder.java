package io.upflux.codecs.relay;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swresample.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Sound decoded to interleaved samples of 32 bits, at the rate and in the channels that the stream states. */
final class PcmDecoder implements AutoCloseable {
    private final AVCodecParameters stated;
    private final AVCodecContext decoder;
    private final SwrContext resampler = swr_alloc();
    private final AVFrame decoded = av_frame_alloc();
    private final AVFrame samples = av_frame_alloc();

    private PcmDecoder(AVCodecParameters stated, AVCodecContext decoder) {
        this.stated = stated;
        this.decoder = decoder;
    }

    /** Null when it cannot be decoded. */
    static @Nullable PcmDecoder open(AVStream source) {
        AVCodec codec = avcodec_find_decoder(source.codecpar().codec_id());
        if (codec == null || codec.isNull() || source.codecpar().sample_rate() <= 0) {
            return null;
        }
        AVCodecContext context = avcodec_alloc_context3(codec);
        try {
            Av.check(avcodec_parameters_to_context(context, source.codecpar()), "sound");
            context.pkt_timebase(source.time_base());
            Av.check(avcodec_open2(context, codec, (AVDictionary) null), "sound");
            return new PcmDecoder(source.codecpar(), context);
        } catch (StreamException e) {
            avcodec_free_context(context);
            return null;
        }
    }

    void describeTo(AVCodecParameters parameters) {
        parameters
                .codec_type(AVMEDIA_TYPE_AUDIO)
                .codec_id(AV_CODEC_ID_PCM_F32LE)
                .format(AV_SAMPLE_FMT_FLT);
        parameters.sample_rate(stated.sample_rate()).bits_per_coded_sample(Float.SIZE);
        Av.check(av_channel_layout_copy(parameters.ch_layout(), stated.ch_layout()), "sound");
    }

    /**
     * Decodes a packet, or null for the end.
     *
     * @param out gets packets of samples, in the time base of the stream, each valid during the call
     */
    void accept(@Nullable AVPacket packet, Consumer<AVPacket> out) {
        // What is damaged is left out; where it was, the times say.
        if (avcodec_send_packet(decoder, packet) < 0) {
            return;
        }
        while (avcodec_receive_frame(decoder, decoded) >= 0) {
            try {
                convert(out);
            } finally {
                av_frame_unref(decoded);
                av_frame_unref(samples);
            }
        }
    }

    private void convert(Consumer<AVPacket> out) {
        if (decoded.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_default(decoded.ch_layout(), decoded.ch_layout().nb_channels());
        }
        samples.format(AV_SAMPLE_FMT_FLT).sample_rate(stated.sample_rate());
        Av.check(av_channel_layout_copy(samples.ch_layout(), stated.ch_layout()), "sound");
        if (samples.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_default(samples.ch_layout(), samples.ch_layout().nb_channels());
        }
        int code = swr_convert_frame(resampler, samples, decoded);
        if (code == AVERROR_INPUT_CHANGED) {
            // The stream has another shape from here on.
            swr_close(resampler);
            code = swr_convert_frame(resampler, samples, decoded);
        }
        int bytes = samples.nb_samples() * samples.ch_layout().nb_channels() * Float.BYTES;
        if (code < 0 || bytes <= 0) {
            return;
        }
        AVPacket packet = Av.allocated(av_packet_alloc(), "sound");
        try {
            Av.check(av_new_packet(packet, bytes), "sound");
            Pointer.memcpy(packet.data(), samples.data(0), bytes);
            packet.pts(decoded.best_effort_timestamp()).dts(packet.pts()).duration(Math.max(decoded.duration(), 0));
            out.accept(packet);
        } finally {
            av_packet_free(packet);
        }
    }

    @Override
    public void close() {
        av_frame_free(decoded);
        av_frame_free(samples);
        swr_free(resampler);
        avcodec_free_context(decoder);
    }
}
