package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Still pictures, sizes, and colour that the encoder does not take as offered. */
class PictureOutputTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @CsvSource({
        "a.png,  RGB,  8,  png,   rgb24,    RGB, 8",
        "a.png,  RGB,  16, png,   rgb48be,  RGB, 16",
        "a.png,  YUV,  10, png,   rgb48be,  RGB, 16",
        "a.png,  GRAY, 8,  png,   gray,     GRAY, 8",
        "a.jpg,  YUV,  8,  mjpeg, yuvj420p, YUV, 8",
        "a.jpg,  RGB,  8,  mjpeg, yuvj444p, YUV, 8",
        "a.webp, RGB,  8,  webp,  yuv420p,  RGB, 8",
        "a.tiff, RGB,  16, tiff,  rgb48le,  RGB, 16",
        "a.bmp,  RGB,  8,  bmp,   bgr24,    RGB, 8",
    })
    void writesPictures(
            String name,
            PixelLayout.Family family,
            int depth,
            String codec,
            String pixelFormat,
            PixelLayout.Family wantedFamily,
            int wantedDepth) {
        PixelLayout layout = family == PixelLayout.Family.YUV
                ? PixelLayout.yuv(depth, 1, 1)
                : new PixelLayout(family, depth, 0, 0, false);
        FrameFormat offered = Bars.FORMAT.withLayout(layout);
        Path out = folder.resolve(name);

        FrameFormat wanted = write(out.toString(), OutputOptions.defaults(), offered, 1);

        assertThat(wanted.layout().family()).isEqualTo(wantedFamily);
        assertThat(wanted.layout().depth()).isEqualTo(wantedDepth);
        assertThat(Programs.video(out, "codec_name,width,height,pix_fmt")).isEqualTo(codec + ",96,80," + pixelFormat);
        assertThat(folder)
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("partial"));
    }

    @Test
    void keepsEverySampleOfAPng() throws IOException {
        Path out = folder.resolve("colours.png");
        FrameFormat offered = Bars.FORMAT.withLayout(PixelLayout.RGB24).withColour(ColourSpec.SRGB);
        try (NativeScope scope = new NativeScope();
                VideoOutput output = VideoOutput.create(out.toString(), OutputOptions.defaults(), null, 0, notices)) {
            FrameFormat wanted = output.open(offered);
            VideoFrame frame = scope.frame(wanted, 0, 0);
            for (int p = 0; p < 3; p++) {
                Plane plane = frame.plane(p);
                for (int y = 0; y < 80; y++) {
                    for (int x = 0; x < 96; x++) {
                        plane.data().put(y * plane.stride() + x, (byte) sample(p, x, y));
                    }
                }
            }
            output.write(frame);
            output.finish();
        }

        Path raw = folder.resolve("colours.rgb");
        Programs.ffmpeg("-i", out, "-f", "rawvideo", "-pix_fmt", "rgb24", raw);
        byte[] bytes = Files.readAllBytes(raw);
        for (int i = 0; i < bytes.length; i++) {
            int pixel = i / 3;
            assertThat(bytes[i] & 0xFF).isEqualTo(sample(i % 3, pixel % 96, pixel / 96));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.png", "out.jpg"})
    void keepsTheColourProfile(String to) throws IOException {
        Path in = folder.resolve("in.png");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x48:d=0.04", "-frames:v", 1, "-update", 1, in);
        Png.insert(
                in,
                "iCCP",
                Png.profile(ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData()));
        Path out = folder.resolve(to);
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(in.toString(), InputOptions.defaults(), notices);
                MediaSink sink = MediaSink.create(out.toString(), OutputOptions.defaults(), source, notices)) {
            FrameFormat wanted = sink.open(source.format());
            sink.write(Bars.frame(scope, wanted, 0, 0, 1));
            sink.finish();
        }
        String profile = "frame_side_data=side_data_type,size";
        assertThat(Programs.ffprobe(out, "-show_entries", profile))
                .isEqualTo(Programs.ffprobe(in, "-show_entries", profile))
                .isNotEmpty();
    }

    @Test
    void numbersManyPictures() throws IOException {
        write(folder.resolve("out_%03d.png").toString(), OutputOptions.defaults(), Bars.FORMAT, 3);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("out_001.png", "out_002.png", "out_003.png");
        }
        assertThatThrownBy(() ->
                        write(folder.resolve("out_%03d.png").toString(), OutputOptions.defaults(), Bars.FORMAT, 3))
                .hasMessageContaining("out_001.png exists already");
    }

    @Test
    void percentSignsThatAreNoPatternAreOneClearLine() {
        assertThatThrownBy(() ->
                        write(folder.resolve("100%_%03d.png").toString(), OutputOptions.defaults(), Bars.FORMAT, 1))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("100%_%03d.png: not a pattern");
    }

    @Test
    void leavesNoPartOfASequenceThatMeetsAnExistingPicture() throws IOException {
        Path precious = Files.writeString(folder.resolve("out_002.png"), "precious");

        assertThatThrownBy(() ->
                        write(folder.resolve("out_%03d.png").toString(), OutputOptions.defaults(), Bars.FORMAT, 3))
                .hasMessageContaining("out_002.png exists");
        assertThat(precious).hasContent("precious");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(precious);
        }
    }

    @Test
    void refusesASecondFrameInOnePicture() {
        assertThatThrownBy(() -> write(folder.resolve("out.png").toString(), OutputOptions.defaults(), Bars.FORMAT, 2))
                .hasMessageContaining("out_%05d.png");
        assertThat(folder).isEmptyDirectory();
    }

    /** A GIF has 256 colours, which are chosen for each picture. */
    @Test
    void gifsKeepTheirColours() throws IOException {
        Path in = folder.resolve("in.gif");
        Path out = folder.resolve("out.gif");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=0.5", in);

        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(in.toString(), InputOptions.defaults(), notices);
                MediaSink sink = MediaSink.create(out.toString(), OutputOptions.defaults(), source, notices)) {
            sink.open(source.format());
            source.frames(scope).doOnNext(sink::write).blockLast();
            sink.finish();
            assertThat(scope.outstanding()).isZero();
        }

        assertThat(notices.warnings).isEmpty();
        assertThat(Programs.ffprobe(out, "-show_entries", "frame=pts_time"))
                .containsExactly("0.000000", "0.100000", "0.200000", "0.300000", "0.400000");
        assertThat(psnr(in, out)).isGreaterThan(35);
    }

    /** Of all samples of all pictures, in dB. */
    private double psnr(Path one, Path other) throws IOException {
        byte[] left = rgb(one);
        byte[] right = rgb(other);
        assertThat(right).hasSameSizeAs(left);
        double squares = 0;
        for (int i = 0; i < left.length; i++) {
            int difference = (left[i] & 0xFF) - (right[i] & 0xFF);
            squares += difference * difference;
        }
        return 10 * Math.log10(255 * 255 / Math.max(squares / left.length, 1e-6));
    }

    private byte[] rgb(Path file) throws IOException {
        Path raw = folder.resolve(file.getFileName() + ".rgb");
        Programs.ffmpeg("-i", file, "-f", "rawvideo", "-pix_fmt", "rgb24", raw);
        return Files.readAllBytes(raw);
    }

    @Test
    void resizesToTheWantedHeight() {
        Path out = folder.resolve("out.mkv");

        FrameFormat wanted =
                write(out.toString(), OutputOptions.defaults().withHeight(51), Bars.FORMAT.withSize(160, 100), 5);

        assertThat(wanted.width()).isEqualTo(160);
        assertThat(Programs.video(out, "width,height")).isEqualTo("84,52");
        assertThat(notices.infos).contains("height 51 becomes 52: sides are even");
    }

    @ParameterizedTest
    @CsvSource({"7, 5", "21, 15", "1, 1", "63, 63", "33, 64"})
    void writesTinyAndOddPictures(int width, int height) {
        for (String name : new String[] {"out.mp4", "out.mkv", "out.webm", "out.mov"}) {
            Path out = folder.resolve(name);
            write(out.toString(), OutputOptions.defaults(), Bars.FORMAT.withSize(width, height), 3);
            assertThat(Programs.video(out, "width,height")).as(name).isEqualTo(width + "," + height);
        }
    }

    @Test
    void saysWhenDepthIsLost() {
        FrameFormat deep = Bars.FORMAT.withLayout(PixelLayout.yuv(10, 1, 1));

        FrameFormat wanted = write(
                folder.resolve("out.mkv").toString(), OutputOptions.defaults().withVideoCodec("libopenh264"), deep, 3);

        assertThat(wanted.layout()).isEqualTo(PixelLayout.YUV420P);
        assertThat(notices.warnings).containsExactly("encoder libopenh264: 10 bits become 8");
    }

    @Test
    void turnsRgbIntoTaggedLumaAndChroma() {
        FrameFormat rgb = Bars.FORMAT.withLayout(PixelLayout.RGB24).withColour(ColourSpec.SRGB);
        Path out = folder.resolve("out.mkv");

        FrameFormat wanted = write(out.toString(), OutputOptions.defaults().withVideoCodec("libsvtav1"), rgb, 3);

        assertThat(wanted.layout()).isEqualTo(PixelLayout.YUV420P);
        assertThat(wanted.colour().matrix()).isEqualTo(ColourSpec.MATRIX_SMPTE170M);
        assertThat(Programs.video(out, "color_range,color_space,color_transfer,color_primaries"))
                .isEqualTo("tv,smpte170m,iec61966-2-1,bt709");
    }

    @Test
    void statesTheMatrixWhereTheGuessOfPlayersWouldChange() {
        Path out = folder.resolve("out.mkv");
        try (NativeScope scope = new NativeScope();
                VideoOutput output = VideoOutput.create(out.toString(), OutputOptions.defaults(), null, 480, notices)) {
            FrameFormat wanted = output.open(Bars.FORMAT.withSize(128, 960));
            assertThat(wanted.colour().matrix()).isEqualTo(ColourSpec.MATRIX_SMPTE170M);
            output.write(Bars.frame(scope, wanted, 0, 0, 40));
            output.finish();
        }
        assertThat(Programs.video(out, "color_space")).isEqualTo("smpte170m");
    }

    @Test
    void streamsMatroskaToStandardOutputInAnotherProcess() throws Exception {
        Path captured = folder.resolve("captured.mkv");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ToStandardOutput.class.getName())
                .redirectOutput(captured.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("errors"), StandardCharsets.UTF_8))
                .isZero();
        assertThat(Programs.ffprobe(captured, "-show_entries", "packet=pts_time"))
                .hasSize(5);
    }

    /** Standard output belongs to a process, so this one is of its own. */
    static final class ToStandardOutput {
        private ToStandardOutput() {}

        public static void main(String[] arguments) {
            PictureOutputTest test = new PictureOutputTest();
            test.write("-", OutputOptions.defaults(), Bars.FORMAT, 5);
        }
    }

    private FrameFormat write(String location, OutputOptions options, FrameFormat offered, int frames) {
        try (NativeScope scope = new NativeScope();
                VideoOutput output = VideoOutput.create(location, options, null, 0, notices)) {
            FrameFormat wanted = output.open(offered);
            for (int i = 0; i < frames; i++) {
                output.write(Bars.frame(scope, wanted, i, i * 40L, 40));
            }
            output.finish();
            return wanted;
        }
    }

    private static int sample(int plane, int x, int y) {
        return (x * 2 + y * 3 + plane * 80) & 0xFF;
    }
}
