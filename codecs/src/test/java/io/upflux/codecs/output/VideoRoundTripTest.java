package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Collected;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames go in, ffprobe says what came out. */
class VideoRoundTripTest {
    private static final ColourSpec BT709 = new ColourSpec(1, 1, 1, Range.LIMITED, ChromaSiting.LEFT);

    /** Milliseconds of a stream whose rate varies. */
    private static final long[] VARIABLE = {0, 40, 80, 200, 233, 267, 300, 1000, 1040, 1041, 2500, 2540};

    /** Pictures that come in bursts. */
    private static final long[] CLUSTERED = {0, 1, 2, 3, 200, 201, 202, 203, 204, 1000, 1001, 1500, 1501, 1502, 2500};

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @CsvSource({
        "out.mp4,   libopenh264, yuv420p,     8, 1, 1, h264",
        "out.mov,   libopenh264, yuv420p,     8, 1, 1, h264",
        "out.mkv,   libopenh264, yuv420p,     8, 1, 1, h264",
        "out.ts,    libopenh264, yuv420p,     8, 1, 1, h264",
        "out.webm,  libsvtav1,   yuv420p,     8, 1, 1, av1",
        "out.mkv,   libsvtav1,   yuv420p10le, 10, 1, 1, av1",
        "out.mp4,   libsvtav1,   yuv420p10le, 10, 1, 1, av1",
        "out.mp4,   libvpx-vp9,  yuv422p,     8, 1, 0, vp9",
        "out.mkv,   libvpx-vp9,  yuv440p,     8, 0, 1, vp9",
        "out.mkv,   libaom-av1,  yuv444p12le, 12, 0, 0, av1",
        "out.webm,  libaom-av1,  yuv422p10le, 10, 1, 0, av1",
        "out.mov,   prores_ks,   yuv422p10le, 10, 1, 0, prores",
        "out.mov,   prores_ks,   yuv444p12le, 10, 0, 0, prores",
    })
    void keepsDepthChromaAndEveryTime(
            String name, String encoder, String pixelFormat, int depth, int shiftX, int shiftY, String codec) {
        Path out = folder.resolve(name);
        FrameFormat format = format(96, 80, PixelLayout.yuv(depth, shiftX, shiftY), BT709);

        write(out, OutputOptions.defaults(), format, VARIABLE);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos).anyMatch(line -> line.startsWith("encoder " + encoder + ","));
        assertThat(Programs.video(
                        out, "codec_name,width,height,pix_fmt,color_range,color_space,color_transfer,color_primaries"))
                // ProRes has no field for the range; it is limited by definition.
                .isEqualTo(codec + ",96,80," + pixelFormat + (codec.equals("prores") ? ",unknown" : ",tv")
                        + ",bt709,bt709,bt709");
        assertThat(times(out))
                .containsExactlyElementsOf(expected(VARIABLE, times(out).get(0)));
    }

    @ParameterizedTest
    @CsvSource({
        "out.mp4,  h264,  libopenh264, h264",
        "out.mkv,  VP9,   libvpx-vp9,  vp9",
        "out.webm, vp8,   libvpx,      vp8",
        "out.mkv,  av1,   libsvtav1,   av1",
        "out.webp, webp,  libwebp,     webp",
    })
    void aCodecsNameStandsForItsBestEncoder(String name, String asked, String encoder, String codec) {
        Path out = folder.resolve(name);

        write(out, OutputOptions.defaults().withVideoCodec(asked), format(96, 80, PixelLayout.YUV420P, BT709), 0);

        // The build with x264 has another best one of H.264.
        String best = codec.equals("h264") && EncoderTable.find("libx264") != null ? "libx264" : encoder;
        assertThat(notices.infos).contains("encoder " + best + ", yuv420p");
        assertThat(Programs.video(out, "codec_name")).isEqualTo(codec);
    }

    /** MPEG-2 moves pictures to its own rate, and decoding times that it states may lie behind exact presentation. */
    @ParameterizedTest
    @ValueSource(strings = {"mpeg2video", "mpeg4"})
    void decodingTimesRiseWhereTheRateVariesAndPicturesAreReordered(String encoder) {
        Path out = folder.resolve("out.mp4");
        FrameFormat format = format(96, 80, PixelLayout.YUV420P, BT709);
        OutputOptions options = OutputOptions.defaults().withVideoCodec(encoder).withEncoderOptions(Map.of("bf", "2"));

        write(out, options, format, CLUSTERED);

        assertThat(times(out))
                .containsExactlyElementsOf(expected(CLUSTERED, times(out).get(0)));
        List<Double> presentation = packets(out, "pts_time");
        List<Double> decoding = packets(out, "dts_time");
        assertThat(presentation)
                .hasSize(CLUSTERED.length)
                .isNotEqualTo(presentation.stream().sorted().toList());
        assertThat(decoding).isSorted().doesNotHaveDuplicates();
        for (int i = 0; i < CLUSTERED.length; i++) {
            assertThat(decoding.get(i)).isLessThanOrEqualTo(presentation.get(i));
        }
    }

    @Test
    void keepsTheAspectOfSamples() {
        for (String name : List.of("a.mp4", "a.mkv", "a.ts", "a.mov")) {
            Path out = folder.resolve(name);
            FrameFormat base = format(96, 80, PixelLayout.YUV420P, BT709);
            FrameFormat format = new FrameFormat(
                    96, 80, base.layout(), base.colour(), new Rational(64, 45), base.timeBase(), base.frameRate());

            // A transport stream of a few packets is too short to be recognised.
            write(out, OutputOptions.defaults(), format, VARIABLE);

            assertThat(Programs.video(out, "sample_aspect_ratio")).as(name).isEqualTo("64:45");
        }
    }

    private void write(Path out, OutputOptions options, FrameFormat format, long... pts) {
        try (NativeScope scope = new NativeScope();
                VideoOutput output = VideoOutput.create(out.toString(), options, null, 0, notices)) {
            FrameFormat wanted = output.open(format);
            for (int i = 0; i < pts.length; i++) {
                output.write(Bars.frame(scope, wanted, i, pts[i], i + 1 < pts.length ? pts[i + 1] - pts[i] : 40));
            }
            output.finish();
            assertThat(scope.outstanding()).isZero();
        }
    }

    private static FrameFormat format(int width, int height, PixelLayout layout, ColourSpec colour) {
        return new FrameFormat(width, height, layout, colour, Rational.ONE, new Rational(1, 1000), new Rational(25, 1));
    }

    /** Presentation times in milliseconds, in order. */
    private static List<Long> times(Path file) {
        return Programs.ffprobe(file, "-select_streams", "v:0", "-show_entries", "frame=pts_time").stream()
                .map(line -> Math.round(Double.parseDouble(line.split(",")[0]) * 1000))
                .toList();
    }

    /** A time of each packet in seconds, in the order of the file. */
    private static List<Double> packets(Path file, String time) {
        return Programs.ffprobe(file, "-select_streams", "v:0", "-show_entries", "packet=" + time).stream()
                .map(line -> Double.parseDouble(line.split(",")[0]))
                .toList();
    }

    private static List<Long> expected(long[] pts, long first) {
        return LongStream.of(pts).map(time -> time - pts[0] + first).boxed().toList();
    }
}
