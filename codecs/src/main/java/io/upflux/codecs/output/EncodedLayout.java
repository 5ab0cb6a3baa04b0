package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_GIF;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * A planar layout the pipeline can deliver, and the FFmpeg pixel format an encoder gets it in. The two differ where an
 * encoder wants packed samples; then only their order changes.
 *
 * @param layout what the pipeline delivers
 * @param pixelFormat AVPixelFormat for the encoder
 */
record EncodedLayout(PixelLayout layout, int pixelFormat) {
    private static final PixelLayout RGB48 = PixelLayout.RGB24.withDepth(16);

    /** Packed formats and the planar layout that holds the same samples, or what a palette is made of. */
    private static final Map<Integer, PixelLayout> PACKED = Map.ofEntries(
            Map.entry(AV_PIX_FMT_RGB24, PixelLayout.RGB24),
            Map.entry(AV_PIX_FMT_BGR24, PixelLayout.RGB24),
            Map.entry(AV_PIX_FMT_RGBA, PixelLayout.RGB24.withAlpha(true)),
            Map.entry(AV_PIX_FMT_BGRA, PixelLayout.RGB24.withAlpha(true)),
            Map.entry(AV_PIX_FMT_RGB48LE, RGB48),
            Map.entry(AV_PIX_FMT_RGB48BE, RGB48),
            Map.entry(AV_PIX_FMT_RGBA64LE, RGB48.withAlpha(true)),
            Map.entry(AV_PIX_FMT_RGBA64BE, RGB48.withAlpha(true)),
            Map.entry(AV_PIX_FMT_GRAY16BE, new PixelLayout(Family.GRAY, 16, 0, 0, false)),
            Map.entry(AV_PIX_FMT_PAL8, PixelLayout.RGB24.withAlpha(true)),
            Map.entry(AV_PIX_FMT_NV12, PixelLayout.YUV420P),
            Map.entry(AV_PIX_FMT_P010LE, PixelLayout.yuv(10, 1, 1)));

    /** What is lost on the way from one layout to another; ordered by how much it hurts. */
    record Loss(boolean depth, boolean chroma, boolean alpha, int cost) {
        boolean any() {
            return depth || chroma || alpha;
        }

        String describe(PixelLayout from, PixelLayout to) {
            List<String> lost = new ArrayList<>(3);
            if (depth) {
                lost.add(from.depth() + " bits become " + to.depth());
            }
            if (chroma) {
                lost.add("chroma resolution is reduced (" + from + " to " + to + ")");
            }
            if (alpha) {
                lost.add("transparency is dropped");
            }
            return String.join(", ", lost);
        }
    }

    /** The layout of an encoder that is nearest to {@code offered}, or null when none is known. */
    static @Nullable EncodedLayout nearest(AVCodec codec, EncoderSpec spec, PixelLayout offered) {
        return supported(codec, spec).stream()
                .filter(candidate -> offered.alpha() || !candidate.layout.alpha() || candidate.isPacked())
                .min(Comparator.comparingInt(candidate ->
                        loss(offered, candidate.layout, spec.lossless()).cost()))
                .map(candidate -> candidate.withoutUnusedAlpha(offered))
                .orElse(null);
    }

    /** @param rgbStays whether RGB is worth keeping, as with lossless encoders; elsewhere it becomes luma and chroma */
    static Loss loss(PixelLayout from, PixelLayout to, boolean rgbStays) {
        boolean depth = to.depth() < from.depth();
        int cost = depth ? 100 * (from.depth() - to.depth()) : to.depth() - from.depth();
        boolean alpha = from.alpha() && !to.alpha();
        cost += alpha ? 400 : !from.alpha() && to.alpha() ? 1 : 0;
        boolean chroma = false;
        if (from.family() == Family.GRAY) {
            cost += to.family() == Family.GRAY ? 0 : 5 - to.chromaShiftX() - to.chromaShiftY();
        } else if (to.family() == Family.GRAY) {
            chroma = true;
            cost += 100_000;
        } else {
            int x = to.chromaShiftX() - from.chromaShiftX();
            int y = to.chromaShiftY() - from.chromaShiftY();
            chroma = x > 0 || y > 0;
            cost += 300 * (Math.max(0, x) + Math.max(0, y)) + 5 * (Math.max(0, -x) + Math.max(0, -y));
            if (from.family() != to.family()) {
                cost += (from.family() == Family.RGB) == rgbStays ? 60 : 20;
            } else if (from.family() == Family.RGB && !rgbStays) {
                cost += 40;
            }
        }
        return new Loss(depth, chroma, alpha, cost);
    }

    private boolean isPacked() {
        return PACKED.containsKey(pixelFormat);
    }

    private EncodedLayout withoutUnusedAlpha(PixelLayout offered) {
        return layout.alpha() && !offered.alpha() ? new EncodedLayout(layout.withAlpha(false), pixelFormat) : this;
    }

    private static List<EncodedLayout> supported(AVCodec codec, EncoderSpec spec) {
        List<EncodedLayout> layouts = new ArrayList<>();
        for (int format : pixelFormats(codec)) {
            PixelLayout layout = PACKED.containsKey(format)
                    ? PACKED.get(format)
                    : PixelFormats.layout(format).orElse(null);
            if (layout != null
                    && !PixelFormats.isFullRange(format)
                    && isWorthwhile(format, codec)
                    && !spec.avoid().contains(format)) {
                layouts.add(new EncodedLayout(layout, format));
            }
        }
        return layouts;
    }

    /** 256 colours are for those that have no more. */
    private static boolean isWorthwhile(int format, AVCodec codec) {
        return format != AV_PIX_FMT_PAL8 || codec.id() == AV_CODEC_ID_GIF;
    }

    private static int[] pixelFormats(AVCodec codec) {
        try (PointerPointer<?> list = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            list.put(0, (org.bytedeco.javacpp.Pointer) null);
            int rc = org.bytedeco.ffmpeg.global.avcodec.avcodec_get_supported_config(
                    null, codec, org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_CONFIG_PIX_FORMAT, 0, list, count);
            if (rc < 0 || list.get(0) == null) {
                return new int[] {AV_PIX_FMT_YUV420P};
            }
            int[] formats = new int[count.get()];
            new IntPointer(list.get(0)).get(formats);
            return formats;
        }
    }
}
