package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** One stream's decoder. Damage is counted and decoding goes on. One thread at a time. */
final class VideoDecoder implements AutoCloseable {
    /** Pixels that are decoded in any case. */
    private static final long HARMLESS = 1 << 20;

    private final AVCodecContext context;
    private final @Nullable AlphaDecoder alpha;
    private final long @Nullable [] crop;
    private final AVRational aspect;
    private final String name;
    private final Damage damage;
    private final SkippedPictures skipped;

    /** Times of the latest packets: threads tell of their failures when each of the others has had a packet, too. */
    private final Deque<Long> sent = new ArrayDeque<>();

    private final int lateness;
    private boolean drained;
    private boolean onDevice;
    private boolean closed;

    /**
     * @param options of which the threads, the device and the limit of pixels count; pictures of more than twice as many
     *     count as damaged
     * @param damage counts what is damaged
     */
    VideoDecoder(AVStream stream, InputOptions options, String name, Damage damage) {
        this.name = name;
        this.damage = damage;
        this.skipped = new SkippedPictures(damage);
        crop = containerCrop(stream.codecpar());
        aspect = stream.sample_aspect_ratio();
        HardwareDevice device = options.hwaccel() == null ? null : HardwareDevice.of(options.hwaccel());
        if (!AlphaDecoder.isIn(stream)) {
            int sharing = AVCodecContext.FF_THREAD_FRAME | AVCodecContext.FF_THREAD_SLICE;
            context = open(stream, options, sharing, device, name);
            alpha = null;
            boolean inFrames = (context.active_thread_type() & AVCodecContext.FF_THREAD_FRAME) != 0;
            lateness = inFrames ? context.thread_count() - 1 : 0;
            return;
        }
        // Threads that share a picture keep none back, so a picture and its alpha come out together. Devices know no
        // alpha.
        context = open(stream, options, AVCodecContext.FF_THREAD_SLICE, null, name);
        lateness = 0;
        try {
            alpha = new AlphaDecoder(open(stream, options, AVCodecContext.FF_THREAD_SLICE, null, name));
        } catch (RuntimeException e) {
            avcodec.avcodec_free_context(context);
            throw e;
        }
    }

    /** @param sharing how threads share the work */
    private static AVCodecContext open(
            AVStream stream, InputOptions options, int sharing, @Nullable HardwareDevice device, String name) {
        int id = stream.codecpar().codec_id();
        AVCodec codec = avcodec.avcodec_find_decoder(id);
        if (codec == null) {
            throw new StreamException(name + ": there is no decoder for " + Av.string(avcodec.avcodec_get_name(id))
                    + " video in this build of FFmpeg");
        }
        AVCodecContext context = Av.allocated(avcodec.avcodec_alloc_context3(codec), name);
        try {
            Av.check(avcodec.avcodec_parameters_to_context(context, stream.codecpar()), name);
            context.pkt_timebase(stream.time_base());
            context.thread_count(options.threads());
            // Decoders count what they add at the edges, which is much of a small picture.
            context.max_pixels(Math.max(2 * options.limits().pixels(), HARMLESS));
            // Views of planes need no alignment, and without this FFmpeg rounds what is cut off at the left.
            context.flags(context.flags() | avcodec.AV_CODEC_FLAG_UNALIGNED);
            context.thread_type(sharing);
            if (device != null) {
                device.attach(context);
            }
            Av.check(
                    avcodec.avcodec_open2(context, codec, (org.bytedeco.javacpp.PointerPointer<?>) null),
                    name + ": opening the video decoder");
            return context;
        } catch (RuntimeException e) {
            avcodec.avcodec_free_context(context);
            throw e;
        }
    }

    /** Whether the last frame was made by a device. */
    boolean onDevice() {
        return onDevice;
    }

    /** Feeds a packet, or null for the end. To be called when {@link #receive} found nothing. */
    void send(@Nullable AVPacket packet) {
        if (alpha != null) {
            alpha.send(packet);
        }
        if (packet == null) {
            drained = true;
        } else {
            note(packet);
        }
        int code = avcodec.avcodec_send_packet(context, packet);
        if (code < 0 && code != Av.END) {
            failed();
        }
    }

    /**
     * Fetches a decoded frame into {@code frame}.
     *
     * @return {@link Result#FRAME}, or what to do next
     */
    Result receive(AVFrame frame) {
        int code = avcodec.avcodec_receive_frame(context, frame);
        while (code >= 0 && alpha != null && !alpha.join(frame)) {
            damage.add(1, frame.best_effort_timestamp());
            code = avcodec.avcodec_receive_frame(context, frame);
        }
        if (code >= 0) {
            if (frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
                damage.add(1, frame.best_effort_timestamp());
            }
            skipped.came(!drained);
            onDevice = HardwareDevice.download(frame, name);
            crop(frame);
            if (aspect.num() != 0) {
                // The video itself states one, too; players go by the container's.
                frame.sample_aspect_ratio(aspect);
            }
            return Result.FRAME;
        }
        if (code == Av.END) {
            skipped.came(false);
            return Result.END;
        }
        if (code != Av.AGAIN) {
            // A frame that could not be decoded; its packets are consumed, so the next ones help.
            failed();
        }
        return Result.NEEDS_INPUT;
    }

    private void note(AVPacket packet) {
        long time = packet.pts() != Av.NO_PTS ? packet.pts() : packet.dts();
        sent.add(time);
        if (sent.size() > lateness + 1) {
            sent.remove();
        }
        // An edit list hides what others depend on.
        if ((packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0) {
            skipped.sent(time);
        }
    }

    /** At the end of the input nobody knows which packet of those under way it was. */
    private void failed() {
        Long latest = drained ? sent.peekLast() : sent.peekFirst();
        long time = latest == null ? Av.NO_PTS : latest;
        damage.add(1, time);
        skipped.failed(time);
    }

    /** To be called after seeking: the next packet follows nothing. */
    void restart() {
        avcodec.avcodec_flush_buffers(context);
        if (alpha != null) {
            alpha.restart();
        }
        sent.clear();
        skipped.restart();
        drained = false;
    }

    /** The decoder applies what the video itself states; a container may cut further. */
    private void crop(AVFrame frame) {
        if (crop == null) {
            return;
        }
        frame.crop_top(crop[0]);
        frame.crop_bottom(crop[1]);
        frame.crop_left(crop[2]);
        frame.crop_right(crop[3]);
        // A cut that leaves nothing is refused, and the whole picture stays.
        avutil.av_frame_apply_cropping(frame, avutil.AV_FRAME_CROP_UNALIGNED);
    }

    private static long @Nullable [] containerCrop(AVCodecParameters parameters) {
        AVPacketSideData data = avcodec.av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), avcodec.AV_PKT_DATA_FRAME_CROPPING);
        if (data == null || data.isNull() || data.size() < 4 * Integer.BYTES) {
            return null;
        }
        ByteBuffer sides =
                data.data().capacity(4 * Integer.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long[] crop = new long[4];
        for (int i = 0; i < crop.length; i++) {
            crop[i] = Integer.toUnsignedLong(sides.getInt(i * Integer.BYTES));
        }
        return crop;
    }

    enum Result {
        FRAME,
        NEEDS_INPUT,
        END
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avcodec.avcodec_free_context(context);
            if (alpha != null) {
                alpha.close();
            }
        }
    }
}
