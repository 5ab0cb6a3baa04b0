package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole pictures of fields that are woven. */
class DeinterlacingTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

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
