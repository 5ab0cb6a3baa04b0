package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole pictures of fields that are woven. */
class DeinterlacingTest extends SourceFrames {
    @Test
    void interlacedPicturesAreDeinterlacedOneForOne() {
        Path clip = folder.resolve("fields.ts");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=50:duration=1",
                "-vf",
                "scroll=horizontal=0.06,separatefields,select='eq(mod(n,4),0)+eq(mod(n,4),3)',weave,setfield=tff",
                "-c:v",
                "mpeg2video",
                "-flags",
                "+ilme+ildct",
                "-b:v",
                "2M",
                clip.toString());
        List<VideoFrame> fields = read(clip, DEFAULTS.withDeinterlace(false));
        List<VideoFrame> full = read(clip, DEFAULTS);
        assertThat(full).hasSameSizeAs(fields).hasSize(25);
        assertThat(notices.infos).containsExactly(clip + ": interlaced; each pair of fields becomes one whole picture");
        assertThat(full.stream().map(VideoFrame::pts))
                .isEqualTo(fields.stream().map(VideoFrame::pts).toList());
        assertThat(combing(full.get(10))).isLessThan(0.6 * combing(fields.get(10)));
        fields.forEach(VideoFrame::close);
        full.forEach(VideoFrame::close);
    }

    /** How much neighbouring lines differ against lines two apart: high where fields are woven. */
    private static double combing(VideoFrame frame) {
        Plane plane = frame.plane(0);
        double near = 0;
        for (int y = 0; y + 1 < plane.height(); y++) {
            for (int x = 0; x < plane.width(); x++) {
                near += Math.abs((plane.data().get(y * plane.stride() + x) & 0xff)
                        - (plane.data().get((y + 1) * plane.stride() + x) & 0xff));
            }
        }
        return near;
    }

    @ParameterizedTest
    @CsvSource({"64x64, 1", "64x64, 2", "2x2, 3", "64x64, 25"})
    void deinterlacingKeepsCountTimesAndDurations(String size, int frames) {
        Path clip = clip(
                folder.resolve("fields.mkv"),
                "testsrc2=size=" + size + ":rate=25:duration=2",
                "-frames:v",
                String.valueOf(frames),
                "-vf",
                "setfield=tff",
                "-field_order",
                "tt",
                "-c:v",
                "ffv1");
        List<Picture> woven = Pictures.read(clip, DEFAULTS.withDeinterlace(false), notices);
        List<Picture> full = Pictures.read(clip, DEFAULTS, notices);
        assertThat(woven).hasSize(frames);
        assertThat(full.stream().map(Picture::pts))
                .isEqualTo(woven.stream().map(Picture::pts).toList());
        assertThat(full.stream().map(Picture::duration))
                .isEqualTo(woven.stream().map(Picture::duration).toList());
    }
}
