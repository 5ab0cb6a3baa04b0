package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.FrameConverter;
import io.upflux.colour.PlaneResizer;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import org.jspecify.annotations.Nullable;

/**
 * Upscaled frames but for what a network computes of them: made, given the planes that it does not compute, and brought
 * into the format that the sink wants. One thread.
 */
final class OutputFrames {
    private final NativeScope scope;
    private final FrameFormat from;
    private final FrameFormat to;
    private final FrameFormat joined;
    private final @Nullable FrameConverter converter;
    private final boolean luma;
    private final PlaneResizer colourResizer;
    private final PlaneResizer alphaResizer;

    /** @param luma whether the network computes nothing else */
    OutputFrames(NativeScope scope, FrameFormat from, FrameFormat to, int scale, boolean luma) {
        this.scope = scope;
        this.from = from;
        this.to = to;
        this.luma = luma;
        this.joined = luma ? besideLuma(from, to) : to;
        this.converter = joined.equals(to) ? null : new FrameConverter(joined, to, from.height());
        this.colourResizer = new PlaneResizer(from, joined, scale);
        this.alphaResizer = new PlaneResizer(from, to, scale);
    }

    /**
     * What the tiles of a luma network are joined into: planes that the network does not compute are the source's,
     * resized, so they keep its layout and colour where the sink wants other ones.
     */
    private static FrameFormat besideLuma(FrameFormat from, FrameFormat to) {
        ColourSpec own = from.colour();
        ColourSpec wanted = to.colour();
        boolean same = from.layout().withAlpha(false).equals(to.layout().withAlpha(false))
                && own.codesAs(wanted, from.height());
        return same
                ? to
                : to.withLayout(from.layout().withAlpha(false))
                        .withColour(own.withMatrix(own.effectiveMatrix(from.height())));
    }

    /** What tiles are joined into. */
    FrameFormat joined() {
        return joined;
    }

    /** A frame for the tiles of {@code source}, the caller's. */
    VideoFrame begin(VideoFrame source) {
        VideoFrame frame = scope.frame(joined, source.pts(), source.duration());
        if (luma) {
            resizeBesideLuma(source, frame);
        }
        return frame;
    }

    /** The frame as the sink wants it, once all tiles are joined; takes over {@code whole}. */
    VideoFrame finish(VideoFrame source, VideoFrame whole) {
        FrameConverter conversion = converter;
        VideoFrame result = whole;
        if (conversion != null) {
            result = scope.frame(to, source.pts(), source.duration());
            conversion.convert(whole, result);
            whole.close();
        }
        if (to.layout().alpha()) {
            alpha(source, result);
        }
        return result;
    }

    /** The frame as the sink wants it, of the source's planes alone; the caller's. For frames beside luma only. */
    VideoFrame resized(VideoFrame source) {
        VideoFrame frame = begin(source);
        if (joined.layout().family() != PixelLayout.Family.RGB) {
            colourResizer.resize(source.plane(0), frame.plane(0), 0);
        }
        return finish(source, frame);
    }

    private void resizeBesideLuma(VideoFrame source, VideoFrame result) {
        PixelLayout layout = joined.layout();
        for (int plane = layout.family() == PixelLayout.Family.RGB ? 0 : 1; plane < layout.colourPlanes(); plane++) {
            colourResizer.resize(source.plane(plane), result.plane(plane), plane);
        }
    }

    private void alpha(VideoFrame source, VideoFrame result) {
        Plane target = result.plane(to.layout().colourPlanes());
        if (from.layout().alpha()) {
            int plane = from.layout().colourPlanes();
            alphaResizer.resize(source.plane(plane), target, plane);
        } else {
            fillOpaque(target);
        }
    }

    private void fillOpaque(Plane plane) {
        boolean wide = to.layout().bytesPerSample() == 2;
        int max = to.layout().maxValue();
        int samples = plane.stride() * plane.height() >> (wide ? 1 : 0);
        for (int i = 0; i < samples; i++) {
            if (wide) {
                plane.data().putShort(2 * i, (short) max);
            } else {
                plane.data().put(i, (byte) max);
            }
        }
    }
}
