package io.upflux.codecs;

import io.upflux.codecs.output.JpegOutput;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;

/** Encodes single frames of one format as JPEG pictures (JFIF: BT.601, full range). One thread. */
public final class JpegEncoder implements AutoCloseable {
    private final JpegOutput output;

    private JpegEncoder(JpegOutput output) {
        this.output = output;
    }

    /**
     * @param format of the frames
     * @throws io.upflux.pipeline.StreamException when no encoder takes them
     */
    public static JpegEncoder open(FrameFormat format) {
        return new JpegEncoder(new JpegOutput(format));
    }

    /** The picture, on the heap, read-only; the frame stays the caller's. */
    public ByteBuffer encode(VideoFrame frame) {
        return output.encode(frame).asReadOnlyBuffer();
    }

    @Override
    public void close() {
        output.close();
    }
}
