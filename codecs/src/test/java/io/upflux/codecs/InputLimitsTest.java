package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs of more pixels, streams, frames or seconds than are taken. */
class InputLimitsTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void whatIsBeyondTheLimitsIsRefusedInALine() {
        Path clip = folder.resolve("fast.mkv");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=50:duration=0.2",
                "-map",
                "0",
                "-map",
                "0",
                clip.toString());
        refused(
                clip,
                new InputLimits(3000, 2, 50, null),
                "has pictures of 64x48, of which at most 3000 pixels are taken (--max-pixels, limits.pixels)");
        refused(
                clip,
                new InputLimits(3072, 1, 50, null),
                "has 2 streams, of which at most 1 are taken (--max-streams, limits.streams)");
        refused(
                clip,
                new InputLimits(3072, 2, 25, null),
                "has 50 frames a second, of which at most 25 are taken (--max-frame-rate, limits.frameRate)");
        MediaSource.open(clip.toString(), DEFAULTS.withLimits(new InputLimits(3072, 2, 50, null)), notices)
                .close();
    }

    private void refused(Path clip, InputLimits limits, String why) {
        assertThatThrownBy(() -> MediaSource.open(clip.toString(), DEFAULTS.withLimits(limits), notices))
                .isInstanceOf(StreamException.class)
                .hasMessageEndingWith("fast.mkv: " + why);
    }

    @Test
    void whatLastsTooLongIsRefusedOnceThatShows() {
        InputLimits brief = InputLimits.USUAL.withDuration(Duration.ofMillis(500));
        Path stated = clip(folder.resolve("stated.mkv"), "testsrc2=size=64x48:rate=25:duration=1");
        String why = ": is longer than 0.5 s, which is all that is taken (--max-duration, limits.duration)";
        assertThatThrownBy(() -> MediaSource.open(stated.toString(), DEFAULTS.withLimits(brief), notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(stated + why);
        MediaSource.open(
                        stated.toString(),
                        DEFAULTS.withLimits(InputLimits.USUAL.withDuration(Duration.ofSeconds(1))),
                        notices)
                .close();

        Path unstated = folder.resolve("unstated.mkv");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1", "-live", "1", unstated.toString());
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(unstated.toString(), DEFAULTS.withLimits(brief), notices)) {
            AtomicInteger frames = new AtomicInteger();
            assertThatThrownBy(() -> source.frames(scope)
                            .doOnNext(frame -> {
                                frames.incrementAndGet();
                                frame.close();
                            })
                            .blockLast())
                    .isInstanceOf(StreamException.class)
                    .hasMessage(unstated + why);
            assertThat(frames).hasValueBetween(1, 13);
        }
    }
}
