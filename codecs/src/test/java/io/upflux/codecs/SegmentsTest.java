package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments, encoded one by one and joined, are what encoding at once gives. */
class SegmentsTest {
    private static final OutputOptions LOSSLESS = OutputOptions.defaults().withVideoCodec("ffv1");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clip.mp4 -c:v mpeg4 -bf 2 -g 25 -c:a aac",
                "clip.mkv -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30 -c:a libopus -b:a 64k",
                "clip.ts -c:v mpeg2video -bf 2 -g 15 -c:a mp2",
                "clip.mp4 -vf select='gt(random(1),0.3)' -fps_mode vfr -c:v mpeg4 -bf 2 -g 25 -c:a aac",
                "clip.ts -c:v mpeg2video -flags +ildct+ilme -bf 2 -g 15 -c:a mp2",
            })
    void framesSoundAndTimesAreThoseOfOneRun(String form) {
        String[] words = form.split(" ", 2);
        assertSameAsOneRun(clip(words[0], words[1]));
    }

    /** What precedes the edit is decoded but not shown, in the first segment as in one run. */
    @Test
    void editListsHoldForSegmentsToo() {
        Path clip = clip("clip.mp4", "-c:v mpeg4 -bf 2 -g 25 -c:a aac");
        Path edited = folder.resolve("edited.mp4");
        FfmpegPrograms.ffmpeg("-ss", "0.5", "-i", clip.toString(), "-c", "copy", edited.toString());
        assertSameAsOneRun(edited);
    }

    private void assertSameAsOneRun(Path clip) {
        Path atOnce = folder.resolve("once.mkv");
        writeAtOnce(clip, atOnce, LOSSLESS);

        Path joined = folder.resolve("joined.mkv");
        // At a key frame, and in the midst of a group.
        join(clip, joined, LOSSLESS, 1.0, 1.72);

        assertThat(content(joined)).isEqualTo(content(atOnce)).hasSizeGreaterThan(75);
    }

    /** Encoders that reorder make decoding times of their own, which must go on from one segment to the next. */
    @Test
    void decodingTimesRiseAcrossSegments() {
        Path clip = clip("clip.mp4", "-c:v mpeg4 -g 25 -c:a aac");
        OutputOptions reordering =
                OutputOptions.defaults().withVideoCodec("mpeg2video").withEncoderOption("bf", "2");
        Path joined = folder.resolve("joined.mp4");
        join(clip, joined, reordering, 0.6, 1.72);

        List<Long> decoded = packets(joined, "dts");
        assertThat(decoded).hasSize(75).isSorted().doesNotHaveDuplicates();
        assertThat(packets(joined, "pts").stream().sorted().toList())
                .isEqualTo(packets(clip, "pts").stream().sorted().toList());
    }

    private Path clip(String name, String options) {
        Path clip = folder.resolve(name);
        List<String> words = new ArrayList<>(List.of(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=30000/1001:duration=2.5",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2.5"));
        words.addAll(List.of(options.split(" ")));
        words.add(clip.toString());
        FfmpegPrograms.ffmpeg(words.toArray(String[]::new));
        return clip;
    }

    private static void writeAtOnce(Path clip, Path output, OutputOptions options) {
        try (MediaSource source = open(clip);
                MediaSink sink = MediaSink.create(output.toString(), options, source, Notices.none())) {
            AtomicInteger told = new AtomicInteger();
            sink.finishing(told::incrementAndGet);
            pass(source, sink);
            assertThat(told).as("progress at the end").hasPositiveValue();
        }
    }

    private void join(Path clip, Path output, OutputOptions options, double... cuts) {
        List<Path> segments = new ArrayList<>();
        AtomicInteger read = new AtomicInteger();
        MediaTimes times = MediaTimes.read(clip.toString(), InputOptions.defaults(), read::incrementAndGet);
        assertThat(times.divisible()).isTrue();
        assertThat(read).as("progress").hasValueGreaterThan(times.frames().size());
        long from = Long.MIN_VALUE;
        for (int i = 0; i <= cuts.length; i++) {
            long to = i == cuts.length ? Long.MAX_VALUE : frameAt(times, cuts[i]);
            Path segment = folder.resolve(i + ".packets");
            try (MediaSource source = MediaSource.openSegment(
                            clip.toString(), InputOptions.defaults(), from, to, Notices.none());
                    SegmentSink sink =
                            SegmentSink.create(segment, output.toString(), options, source, 30, Notices.none())) {
                pass(source, sink);
            }
            segments.add(segment);
            from = to;
        }
        try (MediaSource source = open(clip);
                SegmentJoin join = SegmentJoin.create(output.toString(), options, source, Notices.none())) {
            AtomicInteger written = new AtomicInteger();
            assertThat(join.write(source.format(), 30, segments, written::incrementAndGet))
                    .isEqualTo(times.frames().size());
            assertThat(written)
                    .as("progress, also at the end")
                    .hasValueGreaterThan(times.frames().size());
        }
    }

    private static long frameAt(MediaTimes times, double seconds) {
        long first = times.frames().get(0);
        return times.frames().stream()
                .filter(pts -> times.timeBase().seconds(pts - first) >= seconds)
                .findFirst()
                .orElseThrow();
    }

    private static MediaSource open(Path clip) {
        return MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none());
    }

    private static void pass(MediaSource source, FrameSink sink) {
        sink.open(source.format());
        try (NativeScope scope = new NativeScope()) {
            source.frames(scope).doOnNext(sink::write).blockLast();
        }
        sink.finish();
    }

    private static List<String> content(Path file) {
        return FfmpegPrograms.frames(file.toString())
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    private static List<Long> packets(Path file, String time) {
        return FfmpegPrograms.packets(file, "v", time + "_time").stream()
                .map(seconds -> Math.round(Double.parseDouble(seconds) * 1e6))
                .toList();
    }
}
