package io.upflux.codecs.javacv;

import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacv.Frame;

/**
 * The samples of a JavaCV frame, seen as unsigned numbers whatever their buffer.
 *
 * @param channels 1 (grey), 3 (BGR) or 4 (BGRA)
 * @param depth 8 or 16 bits a sample
 * @param stride samples from one row to the next
 * @param samples a {@link ByteBuffer} or, of 16 bits, a {@link ShortBuffer}; a view of all of the frame's
 */
record PackedPicture(int width, int height, int channels, int depth, int stride, Buffer samples) {
    /** Where R, G, B and alpha lie among the channels. */
    private static final int[] CHANNEL_OF_PLANE = {2, 1, 0, 3};

    /** @throws StreamException when the frame has no picture, or none of these kinds */
    static PackedPicture of(Frame frame) {
        if (frame.image == null || frame.image.length == 0 || frame.image[0] == null) {
            throw new StreamException("JavaCV frame: it has no picture; grab pictures alone with grabImage()");
        }
        if (frame.image.length != 1) {
            throw new StreamException("JavaCV frame: its picture lies in " + frame.image.length
                    + " buffers; only packed grey, BGR and BGRA can be read");
        }
        if (frame.imageChannels != 1 && frame.imageChannels != 3 && frame.imageChannels != 4) {
            throw new StreamException("JavaCV frame: a picture of " + frame.imageChannels
                    + " channels; convert it to grey (1), BGR (3) or BGRA (4)");
        }
        Buffer samples = frame.image[0];
        boolean bytes = frame.imageDepth == Frame.DEPTH_UBYTE && samples instanceof ByteBuffer;
        boolean shorts = frame.imageDepth == Frame.DEPTH_USHORT && samples instanceof ShortBuffer;
        if (!bytes && !shorts) {
            throw new StreamException("JavaCV frame: imageDepth " + frame.imageDepth + " in a "
                    + (samples instanceof ByteBuffer
                            ? "ByteBuffer"
                            : samples.getClass().getSimpleName())
                    + "; convert it to DEPTH_UBYTE (bytes) or DEPTH_USHORT (shorts)");
        }
        int width = frame.imageWidth;
        int height = frame.imageHeight;
        long row = (long) width * frame.imageChannels;
        if (width < 1
                || height < 1
                || frame.imageStride < row
                || (height - 1L) * frame.imageStride + row > samples.capacity()) {
            throw new StreamException("JavaCV frame: its buffer of " + samples.capacity() + " samples does not hold "
                    + width + "x" + height + " pixels of " + frame.imageChannels + " channels with a stride of "
                    + frame.imageStride);
        }
        // JavaCV counts from the buffer's first sample, wherever position and limit stand.
        return new PackedPicture(
                width,
                height,
                frame.imageChannels,
                bytes ? 8 : 16,
                frame.imageStride,
                samples.duplicate().clear());
    }

    PixelLayout layout() {
        return new PixelLayout(channels == 1 ? Family.GRAY : Family.RGB, depth, 0, 0, channels == 4);
    }

    /** Fills a frame of {@link #layout}. */
    void copyTo(VideoFrame frame) {
        int[] packed = new int[width * channels];
        for (int y = 0; y < height; y++) {
            readRow(y, packed);
            for (int p = 0; p < frame.planes().size(); p++) {
                storeRow(packed, frame.plane(p), y, channel(p));
            }
        }
    }

    /** Writes one row; of its numbers the lowest {@link #depth} bits. */
    void writeRow(int y, int[] packed) {
        int at = y * stride;
        if (samples instanceof ByteBuffer bytes) {
            for (int i = 0; i < packed.length; i++) {
                bytes.put(at + i, (byte) packed[i]);
            }
        } else if (samples instanceof ShortBuffer shorts) {
            for (int i = 0; i < packed.length; i++) {
                shorts.put(at + i, (short) packed[i]);
            }
        }
    }

    /** Which channel holds a plane of R, G, B and alpha, or grey. */
    int channel(int plane) {
        return channels == 1 ? 0 : CHANNEL_OF_PLANE[plane];
    }

    private void readRow(int y, int[] packed) {
        int at = y * stride;
        if (samples instanceof ByteBuffer bytes) {
            for (int i = 0; i < packed.length; i++) {
                packed[i] = bytes.get(at + i) & 0xff;
            }
        } else if (samples instanceof ShortBuffer shorts) {
            for (int i = 0; i < packed.length; i++) {
                packed[i] = shorts.get(at + i) & 0xffff;
            }
        }
    }

    private void storeRow(int[] packed, Plane plane, int y, int channel) {
        int at = y * plane.stride();
        for (int x = 0, from = channel; x < width; x++, from += channels) {
            if (depth == 8) {
                plane.data().put(at + x, (byte) packed[from]);
            } else {
                plane.data().putShort(at + 2 * x, (short) packed[from]);
            }
        }
    }

    @Override
    public String toString() {
        return width + "x" + height + " " + layout();
    }
}
