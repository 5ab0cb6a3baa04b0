package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import io.upflux.models.quality.MatlabResize;
import io.upflux.models.quality.RgbPicture;
import io.upflux.pipeline.FrameSource;
import java.nio.FloatBuffer;
import reactor.core.publisher.Flux;

/**
 * Ground truth as measurements want it: 8-bit 4:2:0, cut to what all scales can be made from, whole or shrunk by MATLAB's
 * bicubic resizing, which the figures of papers start from. 8-bit 4:2:0 pictures that are not shrunk keep every sample.
 */
final class PreparedFrames implements FrameSource {
    private final FrameSource source;
    private final int shrink;
    private final int cutWidth;
    private final int cutHeight;
    private final FrameFormat format;

    /**
     * @param source closed with this one
     * @param step the sides become multiples of it
     * @param shrink factor in both directions, 1 for none; the step is an even multiple of it
     */
    PreparedFrames(FrameSource source, int step, int shrink) {
        this.source = source;
        this.shrink = shrink;
        FrameFormat from = source.format();
        this.cutWidth = from.width() - from.width() % step;
        this.cutHeight = from.height() - from.height() % step;
        ColourSpec colour = from.colour();
        int matrix = colour.effectiveMatrix(from.height());
        this.format = from.withSize(cutWidth / shrink, cutHeight / shrink)
                .withLayout(PixelLayout.YUV420P)
                .withColour(colour.withMatrix(matrix == ColourSpec.MATRIX_RGB ? ColourSpec.BT709 : matrix));
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long estimatedFrames() {
        return source.estimatedFrames();
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        TileReader reader = new TileReader(source.format(), 3);
        TileWriter writer = new TileWriter(format, 3, source.format().height());
        FloatBuffer samples = FloatBuffer.allocate(3 * cutWidth * cutHeight);
        return source.frames(scope).map(frame -> {
            try (frame) {
                reader.read(frame, 0, 0, cutWidth, cutHeight, samples, 0);
                FloatBuffer made = shrink == 1 ? samples : shrunk(samples);
                VideoFrame result = scope.frame(format, frame.pts(), frame.duration());
                int width = format.width();
                int height = format.height();
                writer.write(new TileWriter.Samples(made, 0, width, height, 0, 0), 0, 0, width, height, result);
                return result;
            }
        });
    }

    private FloatBuffer shrunk(FloatBuffer samples) {
        RgbPicture small =
                MatlabResize.resize(RgbPicture.of(cutWidth, cutHeight, samples), format.width(), format.height());
        byte[] rgb = small.rgb();
        FloatBuffer made = FloatBuffer.allocate(rgb.length);
        for (int i = 0; i < rgb.length; i++) {
            made.put(i % 3 * (rgb.length / 3) + i / 3, (rgb[i] & 0xff) / 255f);
        }
        return made;
    }

    @Override
    public void interrupt() {
        source.interrupt();
    }

    @Override
    public void close() {
        source.close();
    }
}
