package io.upflux.codecs.input;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/**
 * The alpha of VP8 and VP9 in Matroska and WebM: the luma of a second video, whose packets travel beside those of the first
 * (BlockAdditional 1 of the WebM container guidelines). FFmpeg's own decoders pass it over, and libvpx, which FFmpeg would
 * decode it with, makes pictures of any size. One thread at a time.
 */
final class AlphaDecoder implements AutoCloseable {
    private static final long ALPHA = 1;

    private final AVCodecContext context;
    private final AVPacket packet;
    private final AVFrame frame;
    private boolean begun;

    /** @param context of a decoder without delay; closed with this */
    AlphaDecoder(AVCodecContext context) {
        this.context = context;
        this.packet = Av.allocated(avcodec.av_packet_alloc(), "alpha");
        this.frame = Av.allocated(avutil.av_frame_alloc(), "alpha");
    }

    /** Whether a stream says that it has such alpha. */
    static boolean isIn(AVStream stream) {
        int id = stream.codecpar().codec_id();
        return (id == avcodec.AV_CODEC_ID_VP8 || id == avcodec.AV_CODEC_ID_VP9)
                && "1".equals(AvOptions.entries(stream.metadata()).get("alpha_mode"));
    }

    /** Decodes what travels beside a packet; null for the end. Alpha of an earlier one that nobody asked for is gone. */
    void send(@Nullable AVPacket carrier) {
        while (avcodec.avcodec_receive_frame(context, frame) >= 0) {
            avutil.av_frame_unref(frame);
        }
        if (carrier == null) {
            avcodec.avcodec_send_packet(context, null);
        } else if (take(carrier)) {
            begun = true;
            avcodec.avcodec_send_packet(context, packet);
            avcodec.av_packet_unref(packet);
        }
    }

    /**
     * Gives a picture the alpha that came with it, without copying either.
     *
     * @return false when its alpha is missing, damaged, or of another size or depth; before the first, pictures have none
     */
    boolean join(AVFrame picture) {
        if (!begun) {
            return true;
        }
        int layout = avutil.av_get_pix_fmt(transparent(picture.format()));
        boolean fits = avcodec.avcodec_receive_frame(context, frame) >= 0
                && layout != avutil.AV_PIX_FMT_NONE
                && frame.format() == picture.format()
                && frame.width() == picture.width()
                && frame.height() == picture.height();
        if (fits) {
            picture.buf(3, Av.allocated(avutil.av_buffer_ref(frame.buf(0)), "alpha"))
                    .data(3, frame.data(0))
                    .linesize(3, frame.linesize(0))
                    .format(layout);
        }
        avutil.av_frame_unref(frame);
        return fits;
    }

    /** To be called after seeking. */
    void restart() {
        avcodec.avcodec_flush_buffers(context);
    }

    @Override
    public void close() {
        avcodec.av_packet_free(packet);
        avutil.av_frame_free(frame);
        avcodec.avcodec_free_context(context);
    }

    /** The name of a planar YCbCr format with alpha. */
    private static String transparent(int format) {
        return String.valueOf(Av.string(avutil.av_get_pix_fmt_name(format))).replaceFirst("^yuv", "yuva");
    }

    /** Copies the alpha's packet, which follows a number that says what it is; false where there is none. */
    private boolean take(AVPacket carrier) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            BytePointer data =
                    avcodec.av_packet_get_side_data(carrier, avcodec.AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, size);
            if (data == null || size.get() <= Long.BYTES) {
                return false;
            }
            ByteBuffer id = data.capacity(Long.BYTES).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
            int bytes = Math.toIntExact(size.get() - Long.BYTES);
            if (id.getLong() != ALPHA || avcodec.av_new_packet(packet, bytes) < 0) {
                return false;
            }
            Pointer.memcpy(packet.data(), data.getPointer(Long.BYTES), bytes);
            packet.pts(carrier.pts()).dts(carrier.dts()).flags(carrier.flags());
            return true;
        }
    }
}
