package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.codecs.ffmpeg.ColourTags;
import io.upflux.codecs.output.EncoderChoice.Candidate;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * One open video encoder. Times go in and come out in the time base of the frames, exactly, whatever the encoder makes
 * of them inside.
 */
final class FrameEncoder implements AutoCloseable {
    private static final double GOP_SECONDS = 3;

    private final String name;
    private final AVCodecContext context;
    private final EncoderClock clock;
    private final AVPacket packet = av_packet_alloc();
    private final @Nullable H264Tags tags;

    private FrameEncoder(String name, AVCodecContext context, EncoderClock clock, @Nullable H264Tags tags) {
        this.name = name;
        this.context = context;
        this.clock = clock;
        this.tags = tags;
    }

    /**
     * @param format of the pictures, at the size of the output
     * @param userOptions win over the table's
     * @param globalHeader whether the container wants parameter sets apart from the packets
     * @param hdr static HDR side data to put into the stream
     * @throws StreamException when the encoder refuses
     */
    static FrameEncoder open(
            Candidate candidate,
            FrameFormat format,
            EncoderSpec.Request request,
            Map<String, String> userOptions,
            boolean globalHeader,
            StaticHdr hdr) {
        String name = candidate.spec().name();
        AVCodecContext context = avcodec_alloc_context3(candidate.codec());
        boolean opened = false;
        try {
            EncoderClock clock = EncoderClock.of(candidate, format.timeBase(), format.frameRate());
            describe(context, candidate, format, clock, request.frames());
            if (globalHeader) {
                context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
            }
            hdr.attachTo(context);
            Map<String, String> settings =
                    new LinkedHashMap<>(candidate.spec().rate().options(request));
            settings.putAll(userOptions);
            try (AvOptions options = new AvOptions(settings)) {
                int rc = avcodec_open2(context, candidate.codec(), options.dictionary());
                if (rc < 0) {
                    throw new StreamException("encoder " + name + " does not open for " + format.width() + "x"
                            + format.height() + " " + candidate.layout().layout() + ": " + Av.text(rc)
                            + (candidate.spec().hardware() ? " (it needs an NVIDIA GPU and its driver)" : ""));
                }
                for (String key : options.entries().keySet()) {
                    if (userOptions.containsKey(key)) {
                        throw new StreamException("encoder " + name + " has no option " + key);
                    }
                }
            }
            H264Tags tags = name.equals("libopenh264") ? new H264Tags(context, format.colour()) : null;
            opened = true;
            return new FrameEncoder(name, context, clock, tags);
        } finally {
            if (!opened) {
                avcodec_free_context(context);
            }
        }
    }

    /** Copies what a muxer must know about the stream. */
    void describeTo(AVCodecParameters parameters) {
        if (tags != null) {
            tags.describeTo(parameters);
        } else {
            Av.check(avcodec_parameters_from_context(parameters, context), "describing the video stream");
        }
    }

    /**
     * Encodes one picture.
     *
     * @param key whether it must be one that decoding can start with
     * @param output gets every packet that is ready, times in the frames' time base; it must not keep the packet
     */
    void encode(AVFrame picture, long pts, long duration, boolean key, Consumer<AVPacket> output) {
        picture.pts(clock.in(pts, duration)).duration(clock.toEncoder(duration));
        picture.pict_type(key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
        int rc = avcodec_send_frame(context, picture);
        if (rc == AVERROR_EAGAIN()) {
            receive(output);
            rc = avcodec_send_frame(context, picture);
        }
        Av.check(rc, "encoder " + name);
        receive(output);
    }

    /** Ends the stream; the remaining packets come out. */
    void flush(Consumer<AVPacket> output) {
        int rc = avcodec_send_frame(context, null);
        if (rc != AVERROR_EOF) {
            Av.check(rc, "encoder " + name);
        }
        receive(output);
    }

    @Override
    public void close() {
        if (tags != null) {
            tags.close();
        }
        av_packet_free(packet);
        avcodec_free_context(context);
    }

    private void receive(Consumer<AVPacket> output) {
        while (true) {
            int rc = avcodec_receive_packet(context, packet);
            if (rc == AVERROR_EAGAIN() || rc == AVERROR_EOF) {
                return;
            }
            Av.check(rc, "encoder " + name);
            if (tags != null) {
                tags.complete(packet);
            }
            clock.out(packet);
            try {
                output.accept(packet);
            } finally {
                av_packet_unref(packet);
            }
        }
    }

    private static void describe(
            AVCodecContext context, Candidate candidate, FrameFormat format, EncoderClock clock, long frames) {
        context.width(format.width()).height(format.height());
        context.pix_fmt(candidate.layout().pixelFormat());
        context.time_base(Av.rational(clock.timeBase()));
        Rational rate = clock.frameRate();
        context.framerate(Av.rational(rate));
        context.sample_aspect_ratio(aspect(format.sampleAspect()));
        context.gop_size((int) gop(rate.toDouble(), frames));
        context.flags(context.flags() | AV_CODEC_FLAG_CLOSED_GOP | AV_CODEC_FLAG_FRAME_DURATION);
        ColourTags.apply(format.colour(), context);
    }

    /** Frames from one key frame to the next. Where the number of frames is known they are shared out evenly. */
    private static long gop(double framesPerSecond, long frames) {
        long usual = Math.max(12, Math.min(300, Math.round(framesPerSecond * GOP_SECONDS)));
        long groups = Math.max(1, Math.round((double) frames / usual));
        return frames == 0 ? usual : Math.max(12, (frames + groups - 1) / groups);
    }

    private static AVRational aspect(Rational aspect) {
        Rational reduced = aspect.reduced();
        return Math.max(reduced.num(), reduced.den()) > Integer.MAX_VALUE
                ? new AVRational().num(0).den(1)
                : Av.rational(reduced);
    }
}
