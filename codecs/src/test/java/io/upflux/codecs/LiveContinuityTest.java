package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.pipeline.Notices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A live output goes on as one, whatever its sources do: change, end, stall. */
class LiveContinuityTest {
    @TempDir
    private Path folder;

    private LiveRun run;

    @BeforeEach
    void make() {
        run = new LiveRun(folder);
    }

    /** The pictures go on at the size of the first; nobody who follows need begin anew. */
    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "mpeg2video"})
    void aSourceMayChangeItsSizeAndItsCodecOnTheWay(String codec) throws IOException {
        Path first = folder.resolve("first.ts");
        Path second = folder.resolve("second.ts");
        Path both = folder.resolve("both.ts");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25",
                "-t",
                "2",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libopenh264",
                first.toString());
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=480x270:rate=25",
                "-t",
                "2",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                codec,
                "-output_ts_offset",
                "2",
                second.toString());
        Files.write(both, Files.readAllBytes(first));
        Files.write(both, Files.readAllBytes(second), StandardOpenOption.APPEND);
        run.live(both, 95);

        assertThat(run.headers()).hasSize(1);
        // The second part may begin with pictures that cannot be decoded; the last one before stays meanwhile.
        assertThat(Probed.count(run.mp4(0), "v:0")).isGreaterThanOrEqualTo(95);
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    @Test
    void aLoopedFileGoesOnWithoutAGap() throws IOException {
        run.live(run.clip("in.mp4", 25, "-c:a", "aac"), 200);

        List<Double> times = FfmpegPrograms.times(run.mp4(0), "v:0");
        assertThat(times).hasSize(200);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).as("frame %d", i).isBetween(0.03, 0.10);
        }
        assertThat(Probed.last(run.mp4(0), "a:0") - Probed.last(run.mp4(0), "v:0"))
                .isCloseTo(0, within(0.050));
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    @Test
    void aSourceWhoseClockStepsBackGoesOnWithoutAGap() throws IOException {
        Path clip = run.clip("in.ts", 25, "-c:a", "aac");
        Path twice = folder.resolve("twice.ts");
        Files.write(twice, Files.readAllBytes(clip));
        Files.write(twice, Files.readAllBytes(clip), StandardOpenOption.APPEND);
        run.live(twice, 140);

        List<Double> times = FfmpegPrograms.times(run.mp4(0), "v:0");
        assertThat(times).hasSize(140);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).as("frame %d", i).isBetween(0.03, 0.15);
        }
        Probed.assertInStep(run.mp4(0), 0.1, 0.1);
    }

    @Test
    void theNextSourceGoesOnAtTheSameSizeWhereTheLastEnded() throws IOException {
        Path first = run.clip("first.mp4", 25, "-c:a", "aac");
        Path second = folder.resolve("second.mp4");
        FfmpegPrograms.ffmpeg("-f", "lavfi", "-i", "testsrc2=size=480x360:rate=30", "-t", "2", second.toString());
        try (LiveOutput output = LiveOutput.create("live", LiveRun.OPTIONS, run.fragments::add, Notices.none())) {
            LiveRun.pump(output, first, 50);
            LiveRun.pump(output, second, 60);
            LiveRun.pump(output, first, 50);
        }

        assertThat(run.fragments)
                .extracting(fragment -> fragment.header().width())
                .containsOnly(320);
        assertThat(run.headers()).hasSize(3);
        assertThat(aspect(1)).isEqualTo("1:1");
        assertThat(aspect(3)).as("as wide as it was").isEqualTo("3:4");
        Fragment last = run.fragments.get(run.fragments.size() - 1);
        assertThat(last.startMicros() + last.durationMicros()).isCloseTo(6_000_000L, within(1000L));
    }

    /** Of the samples of the pictures at a second. */
    private String aspect(int second) throws IOException {
        int at = 0;
        while (run.fragments.get(at).startMicros() < second * 1_000_000L) {
            at++;
        }
        Path file = run.mp4(at);
        return FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        "v:0",
                        "-show_entries",
                        "stream=sample_aspect_ratio",
                        "-of",
                        "csv=p=0",
                        file.toString())
                .strip();
    }

    /** Who follows an MP4 stays. */
    @Test
    void anotherSizeAndRateOfTheSameShapeNeedNoOtherHeader() throws IOException {
        Path first = run.clip("first.mp4", 25, "-c:a", "aac");
        Path second = run.clip("second.mp4", 30, "-c:a", "aac", "-vf", "scale=640:360");
        try (LiveOutput output = LiveOutput.create("live", LiveRun.OPTIONS, run.fragments::add, Notices.none())) {
            LiveRun.pump(output, first, 50);
            LiveRun.pump(output, second, 60);
        }

        assertThat(run.headers()).hasSize(1);
        assertThat(Probed.count(run.mp4(0), "v:0")).isEqualTo(110);
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    @Test
    void theSameSourceAgainContinuesTheSameContainers() throws IOException {
        Path clip = run.clip("in.mp4", 25, "-c:a", "aac");
        try (LiveOutput output = LiveOutput.create("live", LiveRun.OPTIONS, run.fragments::add, Notices.none())) {
            LiveRun.pump(output, clip, 50);
            LiveRun.pump(output, clip, 50);
        }

        assertThat(run.headers()).hasSize(1);
        assertThat(Probed.count(run.mp4(0), "v:0")).isEqualTo(100);
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    @Test
    void variableFrameRatesLeaveNoGapsBetweenFragments() throws IOException {
        Path clip = folder.resolve("vfr.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25",
                "-t",
                "4",
                "-vf",
                "select='not(mod(n,7))+not(mod(n,3))'",
                "-fps_mode",
                "vfr",
                clip.toString());
        run.live(clip, 40);

        long end = run.fragments.get(0).startMicros();
        for (Fragment fragment : run.fragments) {
            assertThat(fragment.startMicros()).isEqualTo(end);
            assertThat(fragment.durationMicros()).isLessThanOrEqualTo(280_000);
            end += fragment.durationMicros();
        }
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    /** RFC 8216, section 4.3.3.1: how long segments last must not depend on what comes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9})
    void whileASourceStallsItsLastPictureGoesOn(int seconds) throws IOException {
        run.live(stalling(seconds), 50);

        for (int i = 1; i < run.fragments.size(); i++) {
            Fragment before = run.fragments.get(i - 1);
            assertThat(run.fragments.get(i).startMicros()).isEqualTo(before.startMicros() + before.durationMicros());
            assertThat(Duration.between(before.wallClock(), run.fragments.get(i).wallClock()))
                    .isEqualTo(Duration.ofNanos(before.durationMicros() * 1000));
        }
        assertThat(run.fragments).extracting(Fragment::durationMicros).allMatch(micros -> micros <= 201_000);
        assertThat(segmentMicros()).allMatch(micros -> micros < 1_410_000);
        assertThat(micros(run.fragments)).isCloseTo((2 + seconds) * 1_000_000L, within(1000L));
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThat(Probed.last(file, "a:0") - Probed.last(file, "v:0"))
                    .as("%s", file)
                    .isCloseTo(0, within(0.050));
            assertThat(Probed.errors(file)).as("%s", file).isEmpty();
        }
    }

    @Test
    void aLongerPauseIsAStepBehindWhichASegmentBegins() throws IOException {
        run.live(stalling(15), 50);

        assertThat(micros(run.fragments)).isCloseTo(2_000_000L, within(1000L));
        Fragment behind = run.fragments.stream()
                .filter(fragment -> fragment.startMicros() >= 1_000_000)
                .findFirst()
                .orElseThrow();
        assertThat(behind.startsSegment()).isTrue();
        assertThat(behind.independent()).isTrue();
        assertThat(segmentMicros()).allMatch(micros -> micros <= 1_001_000);
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    /** A second of video, a pause, another second; the sound goes on. */
    private Path stalling(int seconds) {
        Path file = folder.resolve("stalling.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:sample_rate=48000",
                "-t",
                Integer.toString(2 + seconds),
                "-vf",
                "select='lt(t,1)+gte(t," + (1 + seconds) + ")'",
                "-fps_mode",
                "vfr",
                "-c:v",
                "libopenh264",
                "-c:a",
                "aac",
                file.toString());
        return file;
    }

    private List<Long> segmentMicros() {
        List<Long> segments = new ArrayList<>();
        for (Fragment fragment : run.fragments) {
            if (fragment.startsSegment()) {
                segments.add(0L);
            }
            int last = segments.size() - 1;
            segments.set(last, segments.get(last) + fragment.durationMicros());
        }
        return segments;
    }

    private static long micros(List<Fragment> fragments) {
        return fragments.stream().mapToLong(Fragment::durationMicros).sum();
    }
}
