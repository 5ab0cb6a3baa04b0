package io.upflux.codecs.javacv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.indexer.Indexer;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCvFramesTest {
    @TempDir
    Path folder;

    private final NativeScope scope = new NativeScope();

    @AfterEach
    void everythingIsReleased() {
        assertThat(scope.reclaim()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"8, 1, gray8", "8, 3, rgb8", "8, 4, rgb8+alpha", "16, 1, gray16", "16, 3, rgb16", "16, 4, rgb16+alpha"})
    void everyPictureComesBackAsItWas(int depth, int channels, String layout) {
        // 13 pixels wide, so that rows are padded on both sides.
        try (Frame given = pattern(13, 21, depth, channels)) {
            given.timestamp = 40_000;
            FrameFormat format = JavaCvFrames.formatOf(given, new Rational(25, 1));
            try (VideoFrame frame = JavaCvFrames.toVideoFrame(given, format, scope);
                    Frame back = JavaCvFrames.toFrame(frame)) {
                assertThat(format.layout()).hasToString(layout);
                assertThat(frame.pts()).isEqualTo(40_000);
                assertThat(back.timestamp).isEqualTo(40_000);
                assertThat(back.imageDepth).isEqualTo(given.imageDepth);
                assertThat(back.imageChannels).isEqualTo(channels);
                for (int y = 0; y < 21; y++) {
                    for (int x = 0; x < 13; x++) {
                        for (int c = 0; c < channels; c++) {
                            assertThat(sample(back, x, y, c)).isEqualTo(code(x, y, c, depth));
                        }
                    }
                }
            }
        }
    }

    @Test
    void blueComesFirstInJavaCvAndRedInAPlane() {
        try (Frame given = pattern(8, 8, 8, 4);
                VideoFrame frame = JavaCvFrames.toVideoFrame(given, formatOf(given), scope)) {
            for (int plane = 0; plane < 4; plane++) {
                int channel = List.of(2, 1, 0, 3).get(plane);
                assertThat(sample(frame, plane, 5, 6)).isEqualTo(code(5, 6, channel, 8));
            }
        }
    }

    @Test
    void isACopySinceGrabbersUseTheirBuffersAgain() {
        try (Frame given = pattern(8, 8, 8, 1);
                VideoFrame frame = JavaCvFrames.toVideoFrame(given, formatOf(given), scope)) {
            int before = sample(frame, 0, 3, 3);
            ((ByteBuffer) given.image[0]).put(3 * given.imageStride + 3, (byte) (before + 1));
            assertThat(sample(frame, 0, 3, 3)).isEqualTo(before);
        }
    }

    @Test
    void readsBuffersOfTheHeapWhereverTheirPositionStands() {
        try (Frame given = pattern(8, 8, 8, 3)) {
            byte[] bytes = new byte[given.image[0].capacity()];
            ((ByteBuffer) given.image[0]).get(0, bytes);
            Frame heap = new Frame();
            heap.imageWidth = 8;
            heap.imageHeight = 8;
            heap.imageDepth = Frame.DEPTH_UBYTE;
            heap.imageChannels = 3;
            heap.imageStride = given.imageStride;
            heap.image = new Buffer[] {ByteBuffer.wrap(bytes).position(7).limit(9)};
            try (heap;
                    VideoFrame frame = JavaCvFrames.toVideoFrame(heap, formatOf(heap), scope)) {
                assertThat(sample(frame, 0, 7, 7)).isEqualTo(code(7, 7, 2, 8));
            }
        }
    }

    @Test
    void timesFollowTheTimeBaseOfTheFormat() {
        try (Frame given = pattern(8, 8, 8, 1)) {
            given.timestamp = 1_001_000;
            FrameFormat plain = formatOf(given);
            FrameFormat ticks = new FrameFormat(
                    8, 8, plain.layout(), plain.colour(), Rational.ONE, new Rational(1, 30_000), Rational.UNKNOWN);
            try (VideoFrame frame = JavaCvFrames.toVideoFrame(given, ticks, scope);
                    Frame back = JavaCvFrames.toFrame(frame)) {
                assertThat(frame.pts()).isEqualTo(30_030);
                assertThat(back.timestamp).isEqualTo(1_001_000);
            }
        }
        FrameFormat grey = format(new PixelLayout(Family.GRAY, 8, 0, 0, false), ColourSpec.SRGB);
        try (VideoFrame timeless = scope.frame(grey, VideoFrame.NO_PTS, 0);
                Frame back = JavaCvFrames.toFrame(timeless)) {
            assertThat(back.timestamp).isZero();
        }
    }

    @Test
    void tenBitsAreStretchedToSixteen() {
        FrameFormat format = format(new PixelLayout(Family.RGB, 10, 0, 0, true), ColourSpec.SRGB);
        try (VideoFrame frame = filled(format, 1023, 512, 0, 1023);
                Frame made = JavaCvFrames.toFrame(frame)) {
            assertThat(made.imageDepth).isEqualTo(Frame.DEPTH_USHORT);
            assertThat(sample(made, 2, 2, 0)).isZero();
            assertThat(sample(made, 2, 2, 1)).isEqualTo(Math.round(512 * 65_535 / 1023.0));
            assertThat(sample(made, 2, 2, 2)).isEqualTo(65_535);
            assertThat(sample(made, 2, 2, 3)).isEqualTo(65_535);
        }
    }

    /** BT.709's red at 75 %, limited range: Y = 51, Cb = 109, Cr = 212 (SMPTE RP 219 colour bars). */
    @Test
    void yuvIsConvertedByItsOwnMatrixAndRange() {
        ColourSpec bt709 = ColourSpec.UNKNOWN_LIMITED.withMatrix(ColourSpec.BT709);
        try (VideoFrame frame = filled(format(PixelLayout.YUV420P, bt709), 51, 109, 212);
                Frame made = JavaCvFrames.toFrame(frame)) {
            assertThat(made.imageChannels).isEqualTo(3);
            assertThat(sample(made, 4, 4, 2)).isCloseTo(191, within(1));
            assertThat(sample(made, 4, 4, 1)).isCloseTo(0, within(1));
            assertThat(sample(made, 4, 4, 0)).isCloseTo(0, within(1));
        }
        PixelLayout grey = new PixelLayout(Family.GRAY, 8, 0, 0, false);
        try (VideoFrame frame = filled(format(grey, ColourSpec.UNKNOWN_LIMITED), 235);
                Frame made = JavaCvFrames.toFrame(frame)) {
            assertThat(sample(made, 4, 4, 0)).isEqualTo(255);
        }
    }

    @Test
    void refusesWhatItCannotReadInOneLine() {
        Frame sound = new Frame();
        refused(sound, "no picture");
        try (Frame floats = new Frame(8, 8, Frame.DEPTH_FLOAT, 3);
                Frame two = new Frame(8, 8, Frame.DEPTH_UBYTE, 2);
                Frame narrow = pattern(8, 8, 8, 3);
                Frame planar = pattern(8, 8, 8, 1)) {
            refused(floats, "DEPTH_UBYTE");
            refused(two, "2 channels");
            narrow.imageHeight = 9;
            refused(narrow, "does not hold");
            planar.image = new Buffer[] {planar.image[0], planar.image[0]};
            refused(planar, "2 buffers");
        }
        try (Frame grey = pattern(8, 8, 8, 1);
                Frame wide = pattern(9, 8, 8, 1)) {
            FrameFormat format = formatOf(grey);
            assertThatThrownBy(() -> JavaCvFrames.toVideoFrame(wide, format, scope))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("JavaCV frame: 9x8 gray8 in a stream of 8x8 gray8; frames of one stream must be alike,"
                            + " so scale or split it");
        }
    }

    /** An independent reader: JavaCV's own grabber, which converts with the matrix that untagged small video has. */
    @Test
    void agreesWithJavaCvsGrabber() throws Exception {
        Path clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=0.4",
                "-pix_fmt",
                "yuv444p",
                "-c:v",
                "ffv1",
                clip.toString());
        try (MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none());
                FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(clip.toFile())) {
            // Else it drops every second column of chroma.
            grabber.setImageScalingFlags(swscale.SWS_BILINEAR | swscale.SWS_FULL_CHR_H_INT | swscale.SWS_ACCURATE_RND);
            grabber.start();
            List<VideoFrame> frames =
                    source.frames(scope).collectList().blockOptional().orElseThrow();
            assertThat(frames).hasSize(10);
            for (VideoFrame frame : frames) {
                Frame theirs = grabber.grabImage();
                try (frame;
                        Frame ours = JavaCvFrames.toFrame(frame);
                        VideoFrame adopted = JavaCvFrames.toVideoFrame(theirs, formatOf(theirs), scope)) {
                    assertThat(ours.timestamp).isEqualTo(theirs.timestamp);
                    assertThat(adopted.pts()).isEqualTo(theirs.timestamp);
                    assertThat(distance(ours, theirs)).isLessThanOrEqualTo(2);
                    try (Frame again = JavaCvFrames.toFrame(adopted)) {
                        assertThat(distance(again, theirs)).isZero();
                    }
                }
            }
            assertThat(grabber.grabImage()).isNull();
        }
    }

    private static void refused(Frame frame, String why) {
        assertThatThrownBy(() -> formatOf(frame))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("JavaCV frame: ")
                .hasMessageContaining(why);
    }

    private static FrameFormat formatOf(Frame frame) {
        return JavaCvFrames.formatOf(frame, Rational.UNKNOWN);
    }

    private static FrameFormat format(PixelLayout layout, ColourSpec colour) {
        return new FrameFormat(16, 8, layout, colour, Rational.ONE, JavaCvFrames.TIME_BASE, Rational.UNKNOWN);
    }

    private static int code(int x, int y, int channel, int depth) {
        return (x * 37 + y * 101 + channel * 53 + (depth == 16 ? x * y * 997 : 0)) & (1 << depth) - 1;
    }

    private static Frame pattern(int width, int height, int depth, int channels) {
        Frame frame = new Frame(width, height, depth == 8 ? Frame.DEPTH_UBYTE : Frame.DEPTH_USHORT, channels);
        try (Indexer indexer = frame.createIndexer()) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int c = 0; c < channels; c++) {
                        indexer.putDouble(new long[] {y, x, c}, code(x, y, c, depth));
                    }
                }
            }
        }
        return frame;
    }

    /** By JavaCV's own reckoning. */
    private static int sample(Frame frame, int x, int y, int channel) {
        try (Indexer indexer = frame.createIndexer()) {
            return (int) indexer.getDouble(y, x, channel);
        }
    }

    private static int distance(Frame a, Frame b) {
        int worst = 0;
        ByteBuffer here = (ByteBuffer) a.image[0];
        ByteBuffer there = (ByteBuffer) b.image[0];
        for (int y = 0; y < a.imageHeight; y++) {
            for (int i = 0; i < a.imageWidth * a.imageChannels; i++) {
                int difference = (here.get(y * a.imageStride + i) & 0xff) - (there.get(y * b.imageStride + i) & 0xff);
                worst = Math.max(worst, Math.abs(difference));
            }
        }
        return worst;
    }

    private static int sample(VideoFrame frame, int plane, int x, int y) {
        Plane samples = frame.plane(plane);
        return samples.data().get(y * samples.stride() + x) & 0xff;
    }

    private VideoFrame filled(FrameFormat format, int... codes) {
        VideoFrame frame = scope.frame(format, 0, 0);
        for (int p = 0; p < codes.length; p++) {
            Plane plane = frame.plane(p);
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    if (format.layout().bytesPerSample() == 1) {
                        plane.data().put(y * plane.stride() + x, (byte) codes[p]);
                    } else {
                        plane.data().putShort(y * plane.stride() + 2 * x, (short) codes[p]);
                    }
                }
            }
        }
        return frame;
    }
}
