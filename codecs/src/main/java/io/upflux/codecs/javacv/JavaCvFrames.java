package io.upflux.codecs.javacv;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import org.bytedeco.javacv.Frame;

/**
 * JavaCV's picture {@link Frame}s to {@link VideoFrame}s and back.
 *
 * <p>JavaCV's side is packed as OpenCV has it: grey, BGR or BGRA, one picture in {@code image[0]}, of
 * {@link Frame#DEPTH_UBYTE} or {@link Frame#DEPTH_USHORT}. Both ways copy, because a grabber fills the same buffers
 * again for its next frame; neither way takes over what it is given, and whoever calls owns and closes what it gets.
 *
 * <p>Samples are taken to be full-range RGB. JavaCV's grabber makes that with the BT.601 matrix whatever the file
 * says; where colour matters, {@link io.upflux.codecs.MediaSource} reads the file better.
 *
 * <p>Any thread; a frame must not change while it is read.
 */
public final class JavaCvFrames {
    /** Seconds a tick of {@link Frame#timestamp}: a microsecond. */
    public static final Rational TIME_BASE = new Rational(1, Av.MICROS);

    private JavaCvFrames() {}

    /**
     * The format of a stream of frames like this one: RGB or grey in sRGB, square samples, times in microseconds.
     *
     * @param frameRate nominal frames a second, such as of {@code FrameGrabber.getFrameRate()};
     *     {@link Rational#UNKNOWN} when there is none
     * @throws StreamException when the frame has no picture, or one of another kind than this class reads
     */
    public static FrameFormat formatOf(Frame frame, Rational frameRate) {
        return new FrameFormat(
                frame.imageWidth,
                frame.imageHeight,
                PackedPicture.of(frame).layout(),
                ColourSpec.SRGB,
                Rational.ONE,
                TIME_BASE,
                frameRate);
    }

    /**
     * Copies a frame into memory of {@code scope}. Its time is {@link Frame#timestamp}, its duration unknown.
     *
     * @param format of the stream, from {@link #formatOf} of its first frame; colour, sample aspect and time base may be
     *     others, and replace what JavaCV does not know
     * @return owned by the caller
     * @throws StreamException when the frame has no picture, one of another kind than this class reads, or one of
     *     another size or layout than {@code format}
     */
    public static VideoFrame toVideoFrame(Frame frame, FrameFormat format, NativeScope scope) {
        PackedPicture picture = PackedPicture.of(frame);
        if (frame.imageWidth != format.width()
                || frame.imageHeight != format.height()
                || !picture.layout().equals(format.layout())) {
            throw new StreamException(
                    "JavaCV frame: " + picture + " in a stream of " + format.width() + "x" + format.height() + " "
                            + format.layout() + "; frames of one stream must be alike, so scale or split it");
        }
        long pts = Av.rescale(frame.timestamp, TIME_BASE, format.timeBase());
        VideoFrame copy = scope.frame(format, pts, 0);
        try {
            picture.copyTo(copy);
            return copy;
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    /**
     * Copies a frame into one of JavaCV's: grey stays grey, colour becomes BGR, with alpha BGRA; 8 bits
     * {@link Frame#DEPTH_UBYTE}, more of them {@link Frame#DEPTH_USHORT} stretched to 16 bits. YUV is converted by its
     * own matrix and range, with chroma interpolated at its stated position; primaries and transfer function stay as
     * they are, so HDR is not tone-mapped. {@link Frame#timestamp} is the time in microseconds, 0 when unknown.
     *
     * @param frame stays the caller's
     * @return new memory; {@link Frame#close} frees it
     */
    public static Frame toFrame(VideoFrame frame) {
        PixelLayout layout = frame.format().layout();
        int channels = layout.alpha() ? 4 : layout.family() == Family.GRAY ? 1 : 3;
        Frame made = new Frame(
                frame.format().width(),
                frame.format().height(),
                layout.depth() == 8 ? Frame.DEPTH_UBYTE : Frame.DEPTH_USHORT,
                channels);
        try {
            made.type = Frame.Type.VIDEO;
            made.timestamp = frame.pts() == VideoFrame.NO_PTS
                    ? 0
                    : Av.rescale(frame.pts(), frame.format().timeBase(), TIME_BASE);
            new PackedRows(frame.format(), PackedPicture.of(made)).copyFrom(frame);
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }
}
