package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When pictures are shown, where a container says it in an unusual way or not at all, and at rates that vary. */
class InputTimesTest extends SourceFrames {
    @Test
    void elementaryStreamsAreTimedByTheirFrameRate() {
        Path clip = clip(folder.resolve("clip.h264"), "testsrc2=size=64x64:rate=25:duration=6", "-c:v", "libopenh264");
        List<Picture> pictures = Pictures.read(clip, DEFAULTS, notices);
        double base = pictures.get(0).format().timeBase().toDouble();
        assertThat(pictures).hasSize(150);
        for (int i = 0; i < 150; i++) {
            assertThat(pictures.get(i).pts() * base).isCloseTo(i / 25.0, within(1e-9));
            assertThat(pictures.get(i).duration() * base).isCloseTo(1 / 25.0, within(1e-9));
        }
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void theClockOfATransportStreamMayWrap() {
        // 33 bits at 90 kHz are 95443.7 seconds.
        Path clip = clip(
                folder.resolve("wrap.ts"),
                "testsrc2=size=64x64:rate=25:duration=4",
                "-c:v",
                "mpeg2video",
                "-output_ts_offset",
                "95441.0");
        List<Picture> pictures = Pictures.read(clip, DEFAULTS, notices);
        assertThat(pictures).hasSize(100);
        long[] steps = LongStream.range(1, 100)
                .map(i ->
                        pictures.get((int) i).pts() - pictures.get((int) i - 1).pts())
                .toArray();
        assertThat(steps).containsOnly(3600);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void aClockThatStepsBackGoesOn() throws IOException {
        Path once = clip(
                folder.resolve("once.ts"), "testsrc2=size=64x64:rate=25:duration=3", "-c:v", "mpeg2video", "-bf", "2");
        Path twice = folder.resolve("twice.ts");
        Files.write(twice, Files.readAllBytes(once));
        Files.write(twice, Files.readAllBytes(once), StandardOpenOption.APPEND);

        List<Picture> pictures = Pictures.read(twice, DEFAULTS, notices);

        assertThat(pictures).hasSize(150);
        long[] steps = LongStream.range(1, 150)
                .map(i ->
                        pictures.get((int) i).pts() - pictures.get((int) i - 1).pts())
                .toArray();
        assertThat(steps).containsOnly(3600);
        assertThat(notices.warnings)
                .first()
                .asString()
                .endsWith("twice.ts: the clock steps back by 3.000 s at 2.960 s; time goes on without it");
        // The times of the second half are found only by reading the first.
        assertThat(MediaTimes.read(twice.toString(), DEFAULTS).divisible()).isFalse();
    }

    @Test
    void aClockThatLeapsAheadSaysNothingOfTheLength() throws IOException {
        Path both = folder.resolve("both.ts");
        for (String offset : List.of("0", "500")) {
            Path part = clip(
                    folder.resolve("part.ts"),
                    "testsrc2=size=64x64:rate=25:duration=1",
                    "-c:v",
                    "mpeg2video",
                    "-output_ts_offset",
                    offset);
            Files.write(both, Files.readAllBytes(part), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        List<Picture> pictures = Pictures.read(both, DEFAULTS, notices);

        assertThat(pictures.get(49).pts() - pictures.get(0).pts()).isEqualTo(49 * 3600);
        assertThat(notices.warnings)
                .first()
                .asString()
                .endsWith("the clock steps ahead by 498.960 s at 0.960 s; time goes on without it");
        assertThat(notices.warnings).noneMatch(line -> line.contains("cut off"));
    }

    @Test
    void aPauseOfARecordingStays() {
        Path clip = clip(
                folder.resolve("slides.ts"), "testsrc2=size=64x64:rate=1/20:duration=60", "-c:v", "mpeg4", "-bf", "0");
        List<Picture> pictures = Pictures.read(clip, DEFAULTS, notices);
        assertThat(pictures.get(2).pts() - pictures.get(0).pts()).isEqualTo(2 * 20 * 90_000);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void aSlowSlideShowIsNotCutOff() {
        Path clip = clip(folder.resolve("slides.mkv"), "testsrc2=size=64x64:rate=1/5:duration=15", "-c:v", "mpeg4");
        assertThat(Pictures.read(clip, DEFAULTS, notices)).hasSize(3);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void variableFrameRateKeepsEveryTime() {
        Path clip = folder.resolve("vfr.mkv");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=32x32:rate=25:duration=2",
                "-vf",
                "select='not(mod(n,3))+eq(n,7)'",
                "-fps_mode",
                "vfr",
                "-c:v",
                "ffv1",
                clip.toString());
        List<VideoFrame> frames = read(clip, DEFAULTS);
        List<Long> times = frames.stream().map(VideoFrame::pts).toList();
        assertThat(times).startsWith(0L, 120L, 240L, 280L, 360L).hasSize(18);
        assertThat(frames.get(0).format().timeBase()).isEqualTo(new Rational(1, 1000));
        frames.forEach(VideoFrame::close);
        assertThat(notices.warnings).isEmpty();
    }
}
