package io.upflux.codecs;

import io.upflux.codecs.output.PictureOutput;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;

/** Encodes single frames of one format as pictures, for a look rather than for keeping. One thread. */
public final class PictureEncoder implements AutoCloseable {
    private final PictureOutput output;

    private PictureEncoder(PictureOutput output) {
        this.output = output;
    }

    /**
     * @param format of the frames
     * @param width of the pictures
     * @param height of the pictures
     * @throws io.upflux.pipeline.StreamException when no encoder takes them
     */
    public static PictureEncoder open(FrameFormat format, PictureType type, int width, int height) {
        return new PictureEncoder(new PictureOutput(format, type, width, height));
    }

    /**
     * A single frame at its own size, as PNG.
     *
     * @param lines of the source, by which the matrix goes of what leaves it unsaid
     */
    public static ByteBuffer png(VideoFrame frame, int lines) {
        FrameFormat format = frame.format();
        FrameFormat stated =
                format.withColour(format.colour().withMatrix(format.colour().effectiveMatrix(lines)));
        try (PictureEncoder encoder = open(stated, PictureType.PNG, format.width(), format.height())) {
            return encoder.encode(frame);
        }
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
