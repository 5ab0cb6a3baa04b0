package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVAudioFifo;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Cuts samples into an audio encoder's frames, at their times, and hands the packets on. */
final class AudioEncoder implements AutoCloseable {
    private static final int BITS_PER_SECOND_AND_CHANNEL = 96_000;
    private static final double LARGEST_DRIFT_SECONDS = 0.1;

    /** What is longer was not recorded, or a time is damaged, which may state centuries. */
    private static final double LONGEST_SILENCE_SECONDS = 3600;

    private final Consumer<AVPacket> output;
    private final String label;
    private final AVCodecContext context;
    private final AVAudioFifo queue;
    private final AVPacket packet = av_packet_alloc();
    private final int frameSize;
    private final Rational timeBase;
    private long nextPts = AV_NOPTS_VALUE;

    private AudioEncoder(Consumer<AVPacket> output, String label, AVCodecContext context) {
        this.output = output;
        this.label = label;
        this.context = context;
        this.timeBase = Av.rational(context.time_base());
        this.frameSize = context.frame_size() > 0 ? context.frame_size() : 1024;
        this.queue =
                av_audio_fifo_alloc(context.sample_fmt(), context.ch_layout().nb_channels(), frameSize * 2);
    }

    /**
     * Opens the encoder.
     *
     * @param globalHeader whether the container wants the codec's configuration apart from the packets
     * @param id FFmpeg's number of the codec
     * @param rate that is wanted; it gets the nearest of the encoder's
     * @param layout that is wanted; it gets one of as many channels, else two, where the encoder does not take it
     * @param output gets every packet, in {@link #timeBase()}; it may empty but must not keep it
     * @throws StreamException when the encoder is absent or takes no such sound
     */
    static AudioEncoder open(
            boolean globalHeader, String label, int id, int rate, AVChannelLayout layout, Consumer<AVPacket> output) {
        String name = name(id);
        AVCodec codec = avcodec_find_encoder_by_name(name);
        if (codec == null || codec.isNull()) {
            throw new StreamException(label + ": this FFmpeg has no encoder " + name);
        }
        int channels = Math.max(1, layout.nb_channels());
        AVCodecContext context = tryOpen(globalHeader, codec, rate, layout, 0);
        if (context == null) {
            context = tryOpen(globalHeader, codec, rate, null, channels);
        }
        if (context == null) {
            context = tryOpen(globalHeader, codec, rate, null, 2);
        }
        if (context == null) {
            throw new StreamException(label + ": " + name + " takes no such sound");
        }
        return new AudioEncoder(output, label, context);
    }

    private static String name(int id) {
        return switch (id) {
            case AV_CODEC_ID_OPUS -> "libopus";
            case AV_CODEC_ID_MP3 -> "libmp3lame";
            default -> String.valueOf(Av.string(avcodec_get_name(id)));
        };
    }

    /** Copies what a muxer must know about the stream. */
    void describeTo(AVCodecParameters parameters) {
        Av.check(avcodec_parameters_from_context(parameters, context), label);
    }

    Rational timeBase() {
        return timeBase;
    }

    /** How much more it must be given, in {@link #timeBase()}, until all before an instant has come out. */
    int delay() {
        return context.initial_padding() + 2 * frameSize;
    }

    int sampleRate() {
        return context.sample_rate();
    }

    int sampleFormat() {
        return context.sample_fmt();
    }

    AVChannelLayout layout() {
        return context.ch_layout();
    }

    /** Makes an empty frame ask a resampler for what this encoder takes. */
    void shape(AVFrame frame) {
        frame.format(context.sample_fmt()).sample_rate(context.sample_rate());
        Av.check(av_channel_layout_copy(frame.ch_layout(), context.ch_layout()), label);
    }

    /** @param pts of the first sample in {@link #timeBase()}, or AV_NOPTS_VALUE to go on where the last ended */
    void append(AVFrame samples, long pts) {
        if (pts != AV_NOPTS_VALUE && !align(pts)) {
            return;
        }
        if (nextPts == AV_NOPTS_VALUE) {
            nextPts = 0;
        }
        write(samples.extended_data(), samples.nb_samples());
        encodeWhole();
    }

    /** Silence up to an instant, from where the last samples ended, or from 0. */
    void silence(long until) {
        nextPts = nextPts == AV_NOPTS_VALUE ? 0 : nextPts;
        for (long missing = until - end(); missing > 0; missing = until - end()) {
            int part = (int) Math.min(missing, frameSize);
            AVFrame silence = newFrame(part);
            try {
                av_samples_set_silence(
                        silence.extended_data(), 0, part, context.ch_layout().nb_channels(), context.sample_fmt());
                write(silence.extended_data(), part);
            } finally {
                av_frame_free(silence);
            }
            encodeWhole();
        }
    }

    void finish() {
        int rest = av_audio_fifo_size(queue);
        if (rest > 0) {
            encode(rest);
        }
        avcodec_send_frame(context, null);
        receive();
    }

    @Override
    public void close() {
        av_audio_fifo_free(queue);
        av_packet_free(packet);
        avcodec_free_context(context);
    }

    /** Fills a gap with silence, unless it is very long. @return false when samples overlap what is there and are to be left out */
    private boolean align(long pts) {
        if (nextPts == AV_NOPTS_VALUE) {
            nextPts = pts;
            return true;
        }
        long drift = pts - end();
        // Less is rounding of time stamps, which must not become clicks.
        if (Math.abs(drift) < LARGEST_DRIFT_SECONDS * context.sample_rate()) {
            return true;
        }
        if (drift < 0) {
            return false;
        }
        if (drift > LONGEST_SILENCE_SECONDS * context.sample_rate()) {
            fillFrame();
            nextPts = pts;
        } else {
            silence(pts);
        }
        return true;
    }

    /** Only the last frame of all may be short. */
    private void fillFrame() {
        int begun = av_audio_fifo_size(queue);
        if (begun > 0) {
            silence(end() + frameSize - begun);
        }
    }

    /** Of the samples that were given. */
    private long end() {
        return nextPts + av_audio_fifo_size(queue);
    }

    private void write(PointerPointer<?> planes, int count) {
        if (count > 0) {
            Av.check(av_audio_fifo_write(queue, planes, count), label);
        }
    }

    private void encodeWhole() {
        while (av_audio_fifo_size(queue) >= frameSize) {
            encode(frameSize);
        }
    }

    private void encode(int samples) {
        AVFrame frame = newFrame(samples);
        try {
            Av.check(av_audio_fifo_read(queue, frame.extended_data(), samples), label);
            frame.pts(nextPts);
            nextPts += samples;
            Av.check(avcodec_send_frame(context, frame), label);
        } finally {
            av_frame_free(frame);
        }
        receive();
    }

    private void receive() {
        while (true) {
            int rc = avcodec_receive_packet(context, packet);
            if (rc == AVERROR_EAGAIN() || rc == AVERROR_EOF) {
                return;
            }
            Av.check(rc, label);
            output.accept(packet);
            av_packet_unref(packet);
        }
    }

    private AVFrame newFrame(int samples) {
        AVFrame frame = av_frame_alloc();
        shape(frame);
        frame.nb_samples(samples);
        Av.check(av_frame_get_buffer(frame, 0), label);
        return frame;
    }

    /** @param layout to use, or null for the usual one of {@code channels} */
    private static @Nullable AVCodecContext tryOpen(
            boolean globalHeader, AVCodec codec, int wantedRate, @Nullable AVChannelLayout layout, int channels) {
        AVCodecContext context = avcodec_alloc_context3(codec);
        if (layout == null || layout.order() == AV_CHANNEL_ORDER_UNSPEC) {
            av_channel_layout_default(context.ch_layout(), layout == null ? channels : layout.nb_channels());
        } else {
            av_channel_layout_copy(context.ch_layout(), layout);
        }
        int rate = nearest(codec, AV_CODEC_CONFIG_SAMPLE_RATE, wantedRate);
        context.sample_rate(rate);
        context.sample_fmt(nearest(codec, AV_CODEC_CONFIG_SAMPLE_FORMAT, AV_SAMPLE_FMT_FLTP));
        context.time_base(new AVRational().num(1).den(rate));
        context.bit_rate(
                (long) BITS_PER_SECOND_AND_CHANNEL * context.ch_layout().nb_channels());
        if (globalHeader) {
            context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        if (avcodec_open2(context, codec, (AVDictionary) null) < 0) {
            avcodec_free_context(context);
            return null;
        }
        return context;
    }

    /** The value itself where the encoder takes it, else the least greater one, else the first of its list. */
    private static int nearest(AVCodec codec, int what, int wanted) {
        try (PointerPointer<?> list = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            list.put(0, (Pointer) null);
            if (avcodec_get_supported_config(null, codec, what, 0, list, count) < 0 || list.get(0) == null) {
                return wanted;
            }
            int[] values = new int[count.get()];
            new IntPointer(list.get(0)).get(values);
            int best = values[0];
            for (int value : values) {
                if (value == wanted) {
                    return wanted;
                }
                if (what == AV_CODEC_CONFIG_SAMPLE_RATE && value > wanted && (best < wanted || value < best)) {
                    best = value;
                }
            }
            return best;
        }
    }
}
