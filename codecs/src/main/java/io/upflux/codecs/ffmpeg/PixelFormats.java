package io.upflux.codecs.ffmpeg;

import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVComponentDescriptor;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** FFmpeg's pixel formats and {@link PixelLayout}. */
public final class PixelFormats {
    private static final int[] DEPTHS = {8, 9, 10, 12, 14, 16};

    private PixelFormats() {}

    /** The layout of frames that can be read as they are: planar, native byte order, whole bytes; else nothing. */
    public static Optional<PixelLayout> layout(int format) {
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(format);
        if (descriptor == null) {
            return Optional.empty();
        }
        PixelLayout layout = describe(descriptor);
        return layout != null && format(layout).orElse(-1) == plainFormat(format)
                ? Optional.of(layout)
                : Optional.empty();
    }

    /** FFmpeg's format of a layout, where it has one. */
    public static Optional<Integer> format(PixelLayout layout) {
        String base = switch (layout.family()) {
            case GRAY -> layout.alpha() ? "" : layout.depth() == 8 ? "gray" : "gray" + layout.depth() + "le";
            case RGB -> (layout.alpha() ? "gbrap" : "gbrp") + suffix(layout.depth());
            case YUV -> {
                String name = layout.withAlpha(false).withDepth(8).toString();
                yield (layout.alpha() ? name.replace("yuv", "yuva") : name) + suffix(layout.depth());
            }
        };
        int format = avutil.av_get_pix_fmt(base);
        return format < 0 ? Optional.empty() : Optional.of(format);
    }

    /**
     * The planar layout that any format can be converted to without losing anything: its own, or for packed, palette,
     * semi-planar, big-endian and floating-point formats the nearest that holds all their bits (floats: 16 bits).
     *
     * @param paletteAlpha whether a palette may hold transparency, as in still pictures
     */
    public static PixelLayout nearest(int format, boolean paletteAlpha) {
        Optional<PixelLayout> own = layout(format);
        if (own.isPresent()) {
            return own.get();
        }
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(format);
        if (descriptor == null) {
            return PixelLayout.YUV420P;
        }
        long flags = descriptor.flags();
        boolean palette = (flags & avutil.AV_PIX_FMT_FLAG_PAL) != 0;
        boolean alpha = palette ? paletteAlpha : (flags & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0;
        boolean rgb = palette
                || (flags & (avutil.AV_PIX_FMT_FLAG_RGB | avutil.AV_PIX_FMT_FLAG_BAYER | avutil.AV_PIX_FMT_FLAG_XYZ))
                        != 0;
        int depth = 8;
        for (int i = 0; i < descriptor.nb_components() && !palette; i++) {
            depth = Math.max(depth, Math.min(descriptor.comp(i).depth(), 16));
        }
        int colours = descriptor.nb_components() - (alpha ? 1 : 0);
        PixelLayout wanted;
        if (rgb) {
            wanted = new PixelLayout(Family.RGB, depth, 0, 0, alpha);
        } else if (colours == 1) {
            // There is no planar grey with alpha; grey RGB loses nothing.
            wanted = new PixelLayout(alpha ? Family.RGB : Family.GRAY, depth, 0, 0, alpha);
        } else {
            wanted = new PixelLayout(Family.YUV, depth, descriptor.log2_chroma_w(), descriptor.log2_chroma_h(), alpha);
        }
        for (int candidate : DEPTHS) {
            if (candidate >= depth && format(wanted.withDepth(candidate)).isPresent()) {
                return wanted.withDepth(candidate);
            }
        }
        return wanted.withDepth(8);
    }

    /**
     * Tags a frame as full range where that is said otherwise: by the name of a yuvj format, which is replaced by the same
     * planes, or by being a grey still picture, for which nothing else is usual.
     */
    public static void nameRange(AVFrame frame, boolean still) {
        if (isFullRange(frame.format())) {
            frame.format(plainFormat(frame.format()));
            frame.color_range(avutil.AVCOL_RANGE_JPEG);
        } else if (still && frame.color_range() == avutil.AVCOL_RANGE_UNSPECIFIED && isGrey(frame.format())) {
            frame.color_range(avutil.AVCOL_RANGE_JPEG);
        }
    }

    private static boolean isGrey(int format) {
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(format);
        long alpha = descriptor.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA;
        return descriptor.nb_components() == (alpha == 0 ? 1 : 2);
    }

    /** Whether a format's samples are full range by definition. */
    public static boolean isFullRange(int format) {
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(format);
        return descriptor != null
                && String.valueOf(Av.string(descriptor.name())).startsWith("yuvj");
    }

    /** FFmpeg's name of a format. */
    public static String name(int format) {
        String name = Av.string(avutil.av_get_pix_fmt_name(format));
        return name == null ? "unknown" : name;
    }

    private static @Nullable PixelLayout describe(AVPixFmtDescriptor descriptor) {
        long refused = avutil.AV_PIX_FMT_FLAG_BE
                | avutil.AV_PIX_FMT_FLAG_PAL
                | avutil.AV_PIX_FMT_FLAG_BITSTREAM
                | avutil.AV_PIX_FMT_FLAG_HWACCEL
                | avutil.AV_PIX_FMT_FLAG_BAYER
                | avutil.AV_PIX_FMT_FLAG_FLOAT
                | avutil.AV_PIX_FMT_FLAG_XYZ;
        if ((descriptor.flags() & refused) != 0) {
            return null;
        }
        int depth = descriptor.comp(0).depth();
        int bytes = depth > 8 ? 2 : 1;
        for (int i = 0; i < descriptor.nb_components(); i++) {
            AVComponentDescriptor component = descriptor.comp(i);
            if (component.depth() != depth
                    || component.step() != bytes
                    || component.offset() != 0
                    || component.shift() != 0) {
                return null;
            }
        }
        if (depth < 8 || depth > 16) {
            return null;
        }
        boolean alpha = (descriptor.flags() & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0;
        if ((descriptor.flags() & avutil.AV_PIX_FMT_FLAG_RGB) != 0) {
            return new PixelLayout(Family.RGB, depth, 0, 0, alpha);
        }
        return switch (descriptor.nb_components()) {
            case 1 -> new PixelLayout(Family.GRAY, depth, 0, 0, false);
            case 3, 4 ->
                new PixelLayout(Family.YUV, depth, descriptor.log2_chroma_w(), descriptor.log2_chroma_h(), alpha);
            default -> null;
        };
    }

    /** yuvj formats are yuv formats that also state their range. */
    private static int plainFormat(int format) {
        String name = name(format);
        return name.startsWith("yuvj") ? avutil.av_get_pix_fmt(name.replace("yuvj", "yuv")) : format;
    }

    private static String suffix(int depth) {
        return depth == 8 ? "" : depth + "le";
    }
}
