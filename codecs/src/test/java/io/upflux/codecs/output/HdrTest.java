package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HdrTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @ValueSource(strings = {"out.mkv", "out.mp4"})
    void keepsMasteringMetadataAndTags(String name) throws IOException {
        Path out = folder.resolve(name);
        writeFromHdrPicture(out);

        assertThat(notices.warnings).isEmpty();
        assertThat(Programs.video(out, "color_space,color_transfer,color_primaries"))
                .isEqualTo("bt2020nc,smpte2084,bt2020");
        List<String> sideData = Programs.ffprobe(
                out,
                "-show_entries",
                "stream_side_data=red_x,white_point_y,min_luminance,max_luminance,max_content,max_average");
        assertThat(sideData.stream().flatMap(line -> Stream.of(line.split(","))).map(HdrTest::value))
                .containsExactlyInAnyOrder(0.708, 0.329, 0.0001, 1000.0, 1000.0, 400.0);
    }

    /** Players trust what is in the pictures more than the container: OBU_METADATA, AV1 specification 5.8. */
    @Test
    void putsItIntoTheBitstream() throws IOException {
        Path out = folder.resolve("out.mkv");
        writeFromHdrPicture(out);

        Path bare = folder.resolve("bare.obu");
        Programs.ffmpeg("-i", out, "-map", "0:v", "-c", "copy", "-f", "obu", bare);
        byte[] stream = java.nio.file.Files.readAllBytes(bare);
        // metadata_type 1, max_cll 1000, max_fall 400
        assertThat(contains(stream, new byte[] {1, 0x03, (byte) 0xE8, 0x01, (byte) 0x90}))
                .isTrue();
    }

    private void writeFromHdrPicture(Path out) throws IOException {
        Path in = folder.resolve("in.png");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=96x80:d=0.04", "-frames:v", 1, "-update", 1, in);
        Png.insert(in, "mDCV", Png.mastering());
        Png.insert(in, "cLLI", Png.lightLevel(1000, 400));
        FrameFormat pq = Bars.FORMAT
                .withLayout(PixelLayout.yuv(10, 1, 1))
                .withColour(new ColourSpec(9, 16, ColourSpec.MATRIX_BT2020_NCL, Range.LIMITED, ChromaSiting.LEFT));
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(in.toString(), InputOptions.defaults(), notices);
                MediaSink sink = MediaSink.create(
                        out.toString(), OutputOptions.defaults().withVideoCodec("libsvtav1"), source, notices)) {
            FrameFormat wanted = sink.open(pq);
            for (int i = 0; i < 5; i++) {
                sink.write(Bars.frame(scope, wanted, i, i * 40L, 40));
            }
            sink.finish();
        }
    }

    private static double value(String fraction) {
        String[] parts = fraction.split("/");
        return parts.length == 1
                ? Double.parseDouble(parts[0])
                : Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
    }

    private static boolean contains(byte[] whole, byte[] part) {
        for (int i = 0; i + part.length <= whole.length; i++) {
            if (java.util.Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
