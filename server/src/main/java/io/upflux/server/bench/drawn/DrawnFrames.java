package io.upflux.server.bench.drawn;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import reactor.core.publisher.Flux;

/** Frames made one after the other by a painter, as 8-bit 4:2:0 of BT.709. The same every time they are asked for. */
abstract class DrawnFrames implements FrameSource {
    private final FrameFormat format;
    private final int frames;

    /**
     * @param width even
     * @param height even
     */
    DrawnFrames(int width, int height, int frames) {
        this.frames = frames;
        this.format = new FrameFormat(
                width,
                height,
                PixelLayout.YUV420P,
                new ColourSpec(
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.BT709,
                        ColourSpec.Range.LIMITED,
                        ColourSpec.ChromaSiting.LEFT),
                Rational.ONE,
                new Rational(1, Scene.FRAME_RATE),
                new Rational(Scene.FRAME_RATE, 1));
    }

    /** May keep what it needs of the frames before. */
    interface Painter {
        /** Sets every sample of frame {@code index}; called once for each, in their order. */
        void paint(int index, VideoFrame frame);
    }

    /** One that begins at frame 0. */
    abstract Painter painter();

    @Override
    public final FrameFormat format() {
        return format;
    }

    @Override
    public final long estimatedFrames() {
        return frames;
    }

    @Override
    public final Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.defer(() -> {
            Painter painter = painter();
            return Flux.range(0, frames).map(index -> {
                VideoFrame frame = scope.frame(format, index, 1);
                painter.paint(index, frame);
                return frame;
            });
        });
    }

    @Override
    public final void interrupt() {}

    @Override
    public final void close() {}
}
