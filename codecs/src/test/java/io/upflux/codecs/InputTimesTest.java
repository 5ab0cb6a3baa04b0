package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.codecs.Pictures.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When pictures are shown, where a container says it in an unusual way or not at all. */
class InputTimesTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

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
    void aSlowSlideShowIsNotCutOff() {
        Path clip = clip(folder.resolve("slides.mkv"), "testsrc2=size=64x64:rate=1/5:duration=15", "-c:v", "mpeg4");
        assertThat(Pictures.read(clip, DEFAULTS, notices)).hasSize(3);
        assertThat(notices.warnings).isEmpty();
    }
}
