package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of files, whatever is in them, and those that number the pictures of a video. */
class InputNamesTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cr\u00e8me br\u00fbl\u00e9e \u5bff\u53f8.mkv",
                "12:30 at: noon.mkv",
                "50%d off.png",
                "-dash.mkv",
                "it's.mkv"
            })
    void anyFileNameWorks(String name) {
        Path clip = clip(
                folder.resolve("plain." + name.replaceAll(".*\\.", "")), "testsrc2=size=16x16:rate=25:duration=0.04");
        Path renamed = folder.resolve(name);
        assertThat(clip.toFile().renameTo(renamed.toFile())).isTrue();
        assertThat(Pictures.read(renamed, DEFAULTS, notices)).hasSize(1);
        assertThat(Pictures.read("file:" + renamed, DEFAULTS, notices)).hasSize(1);
    }

    @Test
    void numberedPicturesAreAVideo() throws IOException {
        Path shots = Files.createDirectory(folder.resolve("50% off"));
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25:duration=0.16",
                "-start_number",
                "99",
                folder.resolve("%d.png").toString());
        for (int i = 99; i < 103; i++) {
            Files.move(folder.resolve(i + ".png"), shots.resolve(String.format("at 7%%, %03d.png", i)));
        }
        Files.createFile(shots.resolve("at 7%, 0104.png"));
        Path pattern = shots.resolve("at 7%, %03d.png");

        List<Picture> pictures = Pictures.read(pattern, DEFAULTS, notices);
        assertThat(pictures).extracting(Picture::pts).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pictures.get(0).format().timeBase()).isEqualTo(new Rational(1, 25));
        assertThat(pictures.get(3).samples().get(0))
                .isNotEqualTo(pictures.get(2).samples().get(0));
        assertThat(Pictures.read(pattern, DEFAULTS.withStart(Duration.ofMillis(80)), notices))
                .hasSize(2);
        InputOptions slow = DEFAULTS.withDemuxerOptions(Map.of("framerate", "2"));
        assertThat(Pictures.read(pattern, slow, notices).get(0).format().timeBase())
                .isEqualTo(new Rational(1, 2));
        assertThat(notices.warnings).isEmpty();

        Files.delete(shots.resolve("at 7%, 101.png"));
        assertThatThrownBy(() -> Pictures.read(pattern, DEFAULTS, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(pattern + ": at 7%, 101.png is missing between at 7%, 099.png and at 7%, 102.png");
        Path none = shots.resolve("at 8%, %d.png");
        assertThatThrownBy(() -> Pictures.read(none, DEFAULTS, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(none + ": no such file, and none with a number in its place: at 8%, 0.png, at 8%, 1.png"
                        + " and so on");
    }

    @Test
    void aNameThatNoFileCanHaveIsOneClearLine() {
        assertThatThrownBy(() -> MediaSource.open("a\0b.mp4", DEFAULTS, notices))
                .isInstanceOf(StreamException.class);
    }
}
