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
    private @Nullable SwrContext resampler;
    private int resamplerFormat = -1;
    private int resamplerRate;
    private int resamplerChannels;
    private long damaged;

    private AudioConversion(Notices notices, String label, AVCodecContext decoder, AudioEncoder encoder) {
        this.notices = notices;
        this.label = label;
        this.decoder = decoder;
        this.encoder = encoder;
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
        if (resampler != null) {
            swr_free(resampler);
            resampler = null;
        }
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
        SwrContext swr = resamplerFor(decoded);
        long pts = decoded.best_effort_timestamp();
        if (pts != AV_NOPTS_VALUE) {
            pts = Av.rescale(pts, Av.rational(decoder.pkt_timebase()), encoder.timeBase())
                    - swr_get_delay(swr, encoder.sampleRate());
        }
        encoder.shape(resampled);
        Av.check(swr_convert_frame(swr, resampled, decoded), label);
        encoder.append(resampled, pts);
        av_frame_unref(resampled);
    }

    private void flushResampler() {
        if (resampler != null && swr_get_delay(resampler, encoder.sampleRate()) > 0) {
            encoder.shape(resampled);
            Av.check(swr_convert_frame(resampler, resampled, null), label);
            encoder.append(resampled, AV_NOPTS_VALUE);
            av_frame_unref(resampled);
        }
    }

    /** The resampler for frames like this one; a stream may change its shape on the way. */
    private SwrContext resamplerFor(AVFrame frame) {
        SwrContext current = resampler;
        boolean fits = resamplerFormat == frame.format()
                && resamplerRate == frame.sample_rate()
                && resamplerChannels == frame.ch_layout().nb_channels();
        if (current != null && fits) {
            return current;
        }
        flushResampler();
        if (current != null) {
            swr_free(current);
        }
        SwrContext fresh = new SwrContext(null);
        resampler = fresh;
        Av.check(
                swr_alloc_set_opts2(
                        fresh,
                        encoder.layout(),
                        encoder.sampleFormat(),
                        encoder.sampleRate(),
                        frame.ch_layout(),
                        frame.format(),
                        frame.sample_rate(),
                        0,
                        null),
                label);
        Av.check(swr_init(fresh), label);
        resamplerFormat = frame.format();
        resamplerRate = frame.sample_rate();
        resamplerChannels = frame.ch_layout().nb_channels();
        return fresh;
    }
}
