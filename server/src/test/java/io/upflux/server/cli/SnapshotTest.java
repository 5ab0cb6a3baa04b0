package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The newest frame of a run, as a picture beside its output. */
class SnapshotTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    /** In one piece and in segments. */
    @ParameterizedTest
    @ValueSource(strings = {"10s", "1s"})
    void theNewestFrameIsKeptForThoseWhoWatch(String segment) {
        Path clip = TestMedia.write(folder.resolve("long.mp4"), 640, 48, 100);
        Path snapshot = folder.resolve("newest.jpeg");

        assertThat(streams.upflux(
                        "upscale",
                        clip,
                        "-o",
                        folder.resolve("out.mkv"),
                        "-n",
                        "bicubic-x2",
                        "--segment",
                        segment,
                        "--snapshot",
                        snapshot))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(snapshot).width()).isEqualTo(640);
        assertThat(TestMedia.format(snapshot).height()).isEqualTo(48);
        assertThat(folder).isDirectoryNotContaining("glob:**.partial");
    }

    @Test
    void anUnwritableSnapshotIsAWarningAlone() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = folder.resolve("out.mkv");
        int exit = streams.upflux(
                "upscale", clip, "-o", output, "-n", "bicubic-x2", "--snapshot", folder.resolve("none/newest.jpeg"));
        assertThat(exit).isZero();
        assertThat(streams.err()).contains("no pictures of the work");
        assertThat(output).exists();
    }
}
