package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swresample.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.jspecify.annotations.Nullable;

/**
 * Sound in a codec that the container cannot hold, decoded and encoded anew. The start offset and gaps stay where they
 * were; the encoder's delay is stated in the container, so that players skip it.
 */
final class AudioConversion implements Carried, SoundFeed {
    private final Notices notices;
    private final String label;
    private final AVCodecContext decoder;
    private final AudioEncoder encoder;
    private final AVFrame decoded = av_frame_alloc();
    private final AVFrame resampled = av_frame_alloc();
    private final SwrContext resampler;
    private long damaged;

    private AudioConversion(Notices notices, String label, AVCodecContext decoder, AudioEncoder encoder) {
        this.notices = notices;
        this.label = label;
        this.decoder = decoder;
        this.encoder = encoder;
        this.resampler = Av.allocated(swr_alloc(), label);
    }

    /**
     * Opens both codecs, or returns null when that is not possible.
     *
     * @param codec FFmpeg's number of the codec that is wanted
     * @param rate samples a second that are wanted, 0 for the source's own
     * @param layout channels that are wanted; null for the source's own
     * @param globalHeader whether the container wants the codec's configuration apart from the packets
     * @param output gets every packet, in {@link #timeBase()}; it may empty but must not keep it
     */
    static @Nullable AudioConversion open(
            boolean globalHeader,
            Notices notices,
            String label,
            AVStream source,
            int codec,
            int rate,
            @Nullable AVChannelLayout layout,
            Consumer<AVPacket> output) {
        AVCodec from = avcodec_find_decoder(source.codecpar().codec_id());
        if (from == null || from.isNull() || source.codecpar().sample_rate() <= 0) {
            return null;
        }
        AVCodecContext decoder = avcodec_alloc_context3(from);
        try {
            Av.check(avcodec_parameters_to_context(decoder, source.codecpar()), label);
            decoder.pkt_timebase(source.time_base());
            Av.check(avcodec_open2(decoder, from, (AVDictionary) null), label);
            AudioEncoder encoder = AudioEncoder.open(
                    globalHeader,
                    label,
                    codec,
                    rate == 0 ? decoder.sample_rate() : rate,
                    layout == null ? decoder.ch_layout() : layout,
                    output);
            return new AudioConversion(notices, label, decoder, encoder);
        } catch (StreamException e) {
            avcodec_free_context(decoder);
            return null;
        }
    }

    @Override
    public Rational timeBase() {
        return encoder.timeBase();
    }

    @Override
    public void describeTo(AVCodecParameters parameters) {
        encoder.describeTo(parameters);
    }

    @Override
    public void accept(AVPacket packet) {
        int rc = avcodec_send_packet(decoder, packet);
        if (rc == AVERROR_EAGAIN()) {
            receive();
            rc = avcodec_send_packet(decoder, packet);
        }
        if (rc < 0) {
            damaged++;
            return;
        }
        receive();
    }

    @Override
    public void finish() {
        avcodec_send_packet(decoder, null);
        receive();
        flushResampler();
        encoder.finish();
        if (damaged > 0) {
            notices.warning(label + ": " + damaged + " damaged packets were replaced by silence");
        }
    }

    @Override
    public void close() {
        swr_free(resampler);
        av_frame_free(decoded);
        av_frame_free(resampled);
        avcodec_free_context(decoder);
        encoder.close();
    }

    private void receive() {
        while (true) {
            int rc = avcodec_receive_frame(decoder, decoded);
            if (rc == AVERROR_EAGAIN() || rc == AVERROR_EOF) {
                return;
            }
            if (rc < 0) {
                damaged++;
                return;
            }
            try {
                convert();
            } finally {
                av_frame_unref(decoded);
            }
        }
    }

    private void convert() {
        if (decoded.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_default(decoded.ch_layout(), decoded.ch_layout().nb_channels());
        }
        long delay = delay();
        encoder.shape(resampled);
        int code = swr_convert_frame(resampler, resampled, decoded);
        if (code == AVERROR_INPUT_CHANGED) {
            // The stream has another shape from here on.
            flushResampler();
            swr_close(resampler);
            delay = 0;
            encoder.shape(resampled);
            code = swr_convert_frame(resampler, resampled, decoded);
        }
        Av.check(code, label);
        long pts = decoded.best_effort_timestamp();
        if (pts != AV_NOPTS_VALUE) {
            pts = Av.rescale(pts, Av.rational(decoder.pkt_timebase()), encoder.timeBase()) - delay;
        }
        encoder.append(resampled, pts);
        av_frame_unref(resampled);
    }

    /** Samples that the resampler keeps back. */
    private long delay() {
        return swr_is_initialized(resampler) == 0 ? 0 : swr_get_delay(resampler, encoder.sampleRate());
    }

    private void flushResampler() {
        if (delay() > 0) {
            encoder.shape(resampled);
            Av.check(swr_convert_frame(resampler, resampled, null), label);
            encoder.append(resampled, AV_NOPTS_VALUE);
            av_frame_unref(resampled);
        }
    }
}
