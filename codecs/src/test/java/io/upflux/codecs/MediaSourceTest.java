package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

/** Samples of every layout are what FFmpeg decodes, and whoever cancels leaves nothing behind. */
class MediaSourceTest extends SourceFrames {
    @ParameterizedTest
    @CsvSource({
        "yuv420p, ffv1, yuv420p",
        "yuv422p, ffv1, yuv422p",
        "yuv444p, ffv1, yuv444p",
        "yuv440p, ffv1, yuv440p",
        "yuv420p10le, ffv1, yuv420p10",
        "yuv422p12le, ffv1, yuv422p12",
        "yuv444p16le, ffv1, yuv444p16",
        "gray, ffv1, gray8",
        "gray10le, ffv1, gray10",
        "gbrp, ffv1, rgb8",
        "gbrp12le, ffv1, rgb12",
        "yuva420p, ffv1, yuv420p+alpha",
        "nv12, rawvideo, yuv420p",
        "rgb24, rawvideo, rgb8",
        "yuyv422, rawvideo, yuv422p",
    })
    void planesAreWhatFfmpegDecodes(String format, String codec, String layout) throws IOException {
        Path clip = folder.resolve("clip.nut");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=46x34:rate=10:duration=0.5",
                "-pix_fmt",
                format,
                "-c:v",
                codec,
                clip.toString());
        Path raw = folder.resolve("clip.raw");
        List<VideoFrame> frames = read(clip, DEFAULTS);
        FrameFormat read = frames.get(0).format();
        assertThat(read.layout()).hasToString(layout);
        assertThat(frames).hasSize(5);
        ffmpeg("-i", clip.toString(), "-f", "rawvideo", "-pix_fmt", planarName(read.layout()), raw.toString());
        assertThat(bytes(frames)).isEqualTo(Files.readAllBytes(raw));
        frames.forEach(VideoFrame::close);
    }

    private static String planarName(PixelLayout layout) {
        String suffix = layout.depth() == 8 ? "" : layout.depth() + "le";
        return switch (layout.family()) {
            case GRAY -> "gray" + suffix;
            case RGB -> "gbrp" + suffix;
            case YUV ->
                layout.withAlpha(false).withDepth(8).toString().replace("yuv", layout.alpha() ? "yuva" : "yuv")
                        + suffix;
        };
    }

    @Test
    void cancellingMidwayLosesNothing() {
        Path clip = clip(folder.resolve("cancel.mkv"), "testsrc2=size=48x32:rate=25:duration=1", "-c:v", "ffv1");
        try (MediaSource source = MediaSource.open(clip.toString(), DEFAULTS, notices)) {
            StepVerifier.create(source.frames(scope).doOnNext(VideoFrame::close), 3)
                    .expectNextCount(3)
                    .thenCancel()
                    .verify();
        }
    }
}
