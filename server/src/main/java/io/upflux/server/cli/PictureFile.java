package io.upflux.server.cli;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.models.quality.RgbPicture;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.FloatBuffer;

/** Reads a picture as 8-bit R, G, B. */
final class PictureFile {
    private PictureFile() {}

    /** @throws StreamException when there is no picture in it */
    static RgbPicture read(String location, Notices notices) {
        try (MediaSource source = MediaSource.open(location, InputOptions.defaults(), notices);
                NativeScope scope = new NativeScope()) {
            try (VideoFrame frame = source.frames(scope).blockFirst()) {
                if (frame == null) {
                    throw new StreamException(location + ": no picture in it");
                }
                return rgb(frame);
            }
        }
    }

    private static RgbPicture rgb(VideoFrame frame) {
        FrameFormat format = frame.format();
        int pixels = Math.multiplyExact(format.width(), format.height());
        FloatBuffer samples = FloatBuffer.allocate(Math.multiplyExact(3, pixels));
        new TileReader(format, 3).read(frame, 0, 0, format.width(), format.height(), samples, 0);
        return RgbPicture.of(format.width(), format.height(), samples);
    }
}
