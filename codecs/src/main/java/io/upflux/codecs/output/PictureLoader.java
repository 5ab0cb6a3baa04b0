package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avutil.*;
import static org.bytedeco.ffmpeg.global.swscale.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.ColourTags;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * Brings pictures into FFmpeg's memory in the format and size of the encoder. The AVFrames are reused as soon as the
 * encoder has let go of them.
 */
final class PictureLoader implements AutoCloseable {
    private final FrameFormat incoming;
    private final FrameFormat encoded;
    private final int pixelFormat;
    private final int planarFormat;
    private final List<AVFrame> pool = new ArrayList<>();
    private final @Nullable SwsContext scaler;
    private final @Nullable Palette palette;
    private final AVFrame view;

    /**
     * @param incoming format of the frames
     * @param encoded what the encoder gets; FFmpeg's scaler changes what is not the same
     * @param pixelFormat AVPixelFormat of the encoder, holding the same samples as {@code encoded}'s layout
     */
    PictureLoader(FrameFormat incoming, FrameFormat encoded, int pixelFormat) {
        this.incoming = incoming;
        this.encoded = encoded;
        this.planarFormat = PixelFormats.format(incoming.layout()).orElseThrow();
        this.palette = pixelFormat == AV_PIX_FMT_PAL8 ? new Palette(encoded.width(), encoded.height()) : null;
        this.pixelFormat = palette == null ? pixelFormat : AV_PIX_FMT_RGB32;
        boolean resized = incoming.width() != encoded.width() || incoming.height() != encoded.height();
        boolean recoloured = !incoming.colour().equals(encoded.colour());
        this.view = av_frame_alloc();
        view.format(planarFormat).width(incoming.width()).height(incoming.height());
        ColourTags.apply(incoming.colour(), view);
        if (resized || recoloured || planarFormat != this.pixelFormat) {
            scaler = sws_alloc_context();
            scaler.flags(SWS_LANCZOS | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP);
        } else {
            scaler = null;
        }
    }

    /** The picture for the encoder, without times. Stays this loader's; the frame is only read. */
    AVFrame load(VideoFrame frame) {
        AVFrame picture = writable();
        if (scaler == null) {
            copy(frame, picture);
        } else {
            for (int i = 0; i < frame.planes().size(); i++) {
                Plane plane = frame.plane(i);
                int target = plane(i);
                view.data(target, new BytePointer(plane.data())).linesize(target, plane.stride());
            }
            Av.check(sws_scale_frame(scaler, picture, view), "scaling the picture");
        }
        return palette == null ? picture : palette.reduce(picture);
    }

    @Override
    public void close() {
        if (palette != null) {
            palette.close();
        }
        for (AVFrame picture : pool) {
            av_frame_free(picture);
        }
        pool.clear();
        if (scaler != null) {
            sws_freeContext(scaler);
        }
        // Its planes are not its own; there is no buffer to unreference.
        av_frame_free(view);
    }

    private void copy(VideoFrame frame, AVFrame picture) {
        for (int i = 0; i < frame.planes().size(); i++) {
            Plane plane = frame.plane(i);
            int target = plane(i);
            int bytes = plane.width() * encoded.layout().bytesPerSample();
            av_image_copy_plane(
                    picture.data(target),
                    picture.linesize(target),
                    new BytePointer(plane.data()),
                    plane.stride(),
                    bytes,
                    plane.height());
        }
    }

    /** FFmpeg's planar RGB is stored G, B, R. */
    private int plane(int index) {
        if (incoming.layout().family() != Family.RGB) {
            return index;
        }
        return switch (index) {
            case 0 -> 2;
            case 1 -> 0;
            case 2 -> 1;
            default -> index;
        };
    }

    private AVFrame writable() {
        for (AVFrame picture : pool) {
            if (av_frame_is_writable(picture) > 0) {
                return picture;
            }
        }
        AVFrame picture = av_frame_alloc();
        pool.add(picture);
        picture.format(pixelFormat).width(encoded.width()).height(encoded.height());
        Av.check(av_frame_get_buffer(picture, 0), "allocating a picture");
        ColourTags.apply(encoded.colour(), picture);
        picture.pict_type(AV_PICTURE_TYPE_NONE);
        return picture;
    }
}
