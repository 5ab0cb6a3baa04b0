package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Network samples against zscale (zimg), which shares no code with ours. */
class ColourOracleTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "yuv444p, bt709, tv, 0.002",
        "yuv444p, smpte170m, pc, 0.002",
        "yuv444p10le, bt2020nc, tv, 0.0005",
        "yuv422p, smpte170m, tv, 0.01",
        "yuv420p, bt709, tv, 0.01",
        "yuv420p10le, bt2020nc, tv, 0.01",
        "yuv420p, smpte170m, pc, 0.01",
    })
    void samplesAreWhatZscaleMakes(String format, String matrix, String range, float tolerance) throws IOException {
        Path clip = folder.resolve("clip.mkv");
        // Smooth colour: where chroma is subsampled, interpolators may differ at edges, not on slopes.
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "gradients=size=64x48:n=4:seed=3:duration=0.1:rate=10",
                "-vf",
                "gblur=sigma=3,scale=out_color_matrix=" + matrix.replace("nc", "") + ":out_range=" + range + ",format="
                        + format,
                "-frames:v",
                "1",
                "-c:v",
                "ffv1",
                "-colorspace",
                matrix,
                "-color_range",
                range,
                "-chroma_sample_location",
                "left",
                clip.toString());
        Path raw = folder.resolve("rgb.raw");
        ffmpeg(
                "-i",
                clip.toString(),
                "-vf",
                "zscale=matrixin="
                        + matrix.replace("smpte170m", "170m")
                                .replace("bt2020nc", "2020_ncl")
                                .replace("bt709", "709")
                        + ":rangein=" + (range.equals("tv") ? "limited" : "full")
                        + ":matrix=gbr:range=full:filter=bilinear:chromalin=left,format=gbrpf32le",
                "-f",
                "rawvideo",
                raw.toString());
        FloatBuffer expected = ByteBuffer.wrap(Files.readAllBytes(raw))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none())) {
            FrameFormat read = source.format();
            FloatBuffer samples = ByteBuffer.allocateDirect(4 * 3 * 64 * 48)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            try (VideoFrame frame = source.frames(scope).blockFirst()) {
                assertThat(frame).isNotNull();
                new TileReader(read, 3).read(frame, 0, 0, 64, 48, samples, 0);
            }
            int plane = 64 * 48;
            int[] gbr = {1, 2, 0};
            double worst = 0;
            for (int c = 0; c < 3; c++) {
                for (int y = 2; y < 46; y++) {
                    for (int x = 2; x < 62; x++) {
                        int i = y * 64 + x;
                        worst = Math.max(
                                worst, Math.abs(expected.get(c * plane + i) - samples.get(gbr[c] * plane + i)));
                    }
                }
            }
            assertThat(worst).isLessThan(tolerance);
        }
    }
}
