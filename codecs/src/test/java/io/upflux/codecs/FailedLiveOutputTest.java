package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a live output that fails, as it does where nobody takes its fragments. */
class FailedLiveOutputTest {
    @TempDir
    Path folder;

    private final List<Fragment> fragments = new ArrayList<>();
    private boolean full;
    private Path clip;

    @BeforeEach
    void draw() {
        clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000",
                "-t",
                "6",
                "-c:v",
                "mpeg4",
                "-c:a",
                "aac",
                clip.toString());
    }

    @Test
    void whatFailsMidwayIsFollowedByAnotherInContainersOfItsOwn() throws Exception {
        go((sink, frames) -> {
            while (frames.hasNext()) {
                sink.write(frames.next());
            }
        });
    }

    @Test
    void soIsWhatFailsAtItsEnd() throws Exception {
        go((sink, frames) -> sink.finish());
    }

    @Test
    void soIsWhatFailsAsItIsClosed() throws Exception {
        go((sink, frames) -> sink.close());
    }

    /** @param failing what fails, with fragments that nobody takes */
    private void go(BiConsumer<FrameSink, Iterator<VideoFrame>> failing) throws IOException, InterruptedException {
        long pause;
        try (NativeScope scope = new NativeScope();
                LiveOutput output = LiveOutput.create("live", LiveRun.OPTIONS, this::take, Notices.none());
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none())) {
            Supplier<FrameSink> sinks = output.sinks(source);
            Iterator<VideoFrame> frames = source.frames(scope).toIterable(1).iterator();
            int before;
            try (FrameSink first = sinks.get()) {
                first.open(source.format());
                for (int i = 0; i < 30; i++) {
                    first.write(frames.next());
                }
                full = true;
                assertThatThrownBy(() -> failing.accept(first, frames))
                        .isInstanceOf(StreamException.class)
                        .hasMessage("no room");
                full = false;
                before = fragments.size();
            }
            assertThat(fragments).as("nothing of what is half written").hasSize(before);
            assertThat(before).as("what there was before").isGreaterThanOrEqualTo(5);
            pause = System.nanoTime();
            Thread.sleep(300);
            try (FrameSink second = sinks.get()) {
                second.open(source.format());
                pause = (System.nanoTime() - pause) / 1000;
                for (int i = 0; i < 75; i++) {
                    second.write(frames.next());
                }
                second.finish();
            }
            while (frames.hasNext()) {
                frames.next().close();
            }
            assertThat(scope.outstanding()).isZero();

            Fragment last = fragments.get(before - 1);
            List<Fragment> later = fragments.subList(before, fragments.size());
            assertThat(later.get(0).startMicros() - last.startMicros() - last.durationMicros())
                    .as("the pause, and what failed")
                    .isBetween(300_000L, pause + 600_000);
            assertThat(later.get(0).startsSegment()).isTrue();
            assertThat(later)
                    .hasSize(15)
                    .allMatch(fragment -> fragment.header() == later.get(0).header());
            assertThat(last.header()).isNotSameAs(later.get(0).header());
            assertThat(pictures(later)).isEqualTo(75);
        }
    }

    private void take(Fragment fragment) {
        if (full) {
            throw new StreamException("no room");
        }
        fragments.add(fragment);
    }

    /** As a player sees them, which complains of nothing. */
    private long pictures(List<Fragment> later) throws IOException {
        Path file = LiveRun.mp4(later, folder.resolve("later.mp4"));
        assertThat(FfmpegPrograms.ffprobe(
                        "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", file.toString()))
                .contains("video", "audio");
        Path sums = folder.resolve("sums.txt");
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-map", "0:v", "-f", "framemd5", sums.toString());
        return Files.readAllLines(sums).stream()
                .filter(line -> !line.startsWith("#"))
                .count();
    }
}
