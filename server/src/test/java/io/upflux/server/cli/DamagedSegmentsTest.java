package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.codecs.FfmpegPrograms;
import io.upflux.codecs.VideoPacket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Videos of which some pictures are damaged, worked on in segments of a second, two at a time. */
class DamagedSegmentsTest {
    private static final int SECONDS = 5;
    private static final int RATE = 24;

    @TempDir
    private Path folder;

    private Path clip;
    private Path output;

    @BeforeEach
    void nameFiles() {
        clip = folder.resolve("clip.mp4");
        output = folder.resolve("out.mp4");
    }

    /** Pictures are decoded in another order than shown; a segment begins at each whole second. */
    private void makeClip(String encoder) {
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=96x64:rate=" + RATE + ":duration=" + SECONDS,
                "-f",
                "lavfi",
                "-i",
                "sine=duration=" + SECONDS,
                "-c:v",
                encoder,
                "-bf",
                "2",
                "-g",
                "24",
                "-c:a",
                "aac",
                clip.toString());
    }

    /** Of pictures that no others depend on, some beside a cut, whatever threads decode. */
    @ParameterizedTest
    @ValueSource(strings = {"2", "8"})
    void allOtherPicturesStayAndEachSegmentTellsHowManyItLost(String threads) throws IOException {
        makeClip("mpeg4");
        List<Long> lost = damage(packet -> packet.bidirectional()
                && (isWithin(packet, 1400, 1600) || isWithin(packet, 2800, 3200) || isWithin(packet, 3400, 3600)));

        List<JsonNode> events = upscale("--threads", threads);

        assertThat(times("v", output)).isEqualTo(timesWithout(lost));
        assertThat(packets("a", output)).isEqualTo(packets("a", clip));
        assertThat(warnings(events))
                .containsExactlyInAnyOrder(
                        warning(count(lost, 1), "between 1.000 and 2.000 s"),
                        warning(count(lost, 2), "between 2.000 and 3.000 s"),
                        warning(count(lost, 3), "between 3.000 and 4.000 s"));
    }

    /** Those just before may depend on its first one. */
    @ParameterizedTest
    @CsvSource({"0, before 1.000 s", "2, between 2.000 and 3.000 s", "4, from 4.000 s on"})
    void aSegmentWithoutAnyPictureIsLeftOut(int index, String where) throws IOException {
        makeClip("mpeg4");
        List<Long> lost = damage(packet -> packet.pts() / 1000 == index);

        List<JsonNode> events = upscale();

        List<Long> left = timesWithout(lost);
        assertThat(left).hasSize(RATE * (SECONDS - 1)).containsAll(times("v", output));
        assertThat(times("v", output))
                .containsAll(left.stream()
                        .filter(pts -> pts < 1000 * index - 2 * 1000 / RATE || pts >= 1000 * index)
                        .toList());
        assertThat(packets("a", output)).isEqualTo(packets("a", clip));
        assertThat(warnings(events)).containsExactly(warning(RATE, where));
    }

    /** As that of MPEG-2 does: without a word of damage the check would miss the pictures. */
    @Test
    void aDecoderMaySkipASegmentWithoutAnError() throws IOException {
        makeClip("mpeg2video");
        damage(packet -> packet.pts() / 1000 == 2);
        String some = "2[0-4] damaged packet\\(s\\) or frame\\(s\\) between 2.000 and 3.000 s, skipped or concealed";
        assertThat(warnings(upscale())).anySatisfy(line -> assertThat(line).containsPattern(some));
        assertThat(packets("a", output)).isEqualTo(packets("a", clip));
    }

    @Test
    void strictRunsFailWithTheOutputInItsPlace() throws IOException {
        makeClip("mpeg4");
        damage(packet -> packet.pts() / 1000 == 2);
        Streams streams = new Streams();
        assertThat(streams.upflux(command("--strict"))).isEqualTo(1);
        assertThat(streams.err()).contains("24 damaged packet(s)", "--strict does not let them pass");
        assertThat(output).exists();
    }

    /** @return when they would be shown, in milliseconds */
    private List<Long> damage(Predicate<VideoPacket> which) throws IOException {
        byte[] bytes = Files.readAllBytes(clip);
        List<VideoPacket> damaged = VideoPacket.of(clip).stream().filter(which).toList();
        damaged.forEach(packet -> packet.erase(bytes));
        Files.write(clip, bytes);
        return damaged.stream().map(VideoPacket::pts).toList();
    }

    private static boolean isWithin(VideoPacket packet, long from, long to) {
        return packet.pts() >= from && packet.pts() < to;
    }

    private static long count(List<Long> times, int second) {
        return times.stream().filter(pts -> pts / 1000 == second).count();
    }

    private List<Long> timesWithout(List<Long> lost) {
        return LongStream.range(0, RATE * SECONDS)
                .mapToObj(frame -> Math.round(1000.0 * frame / RATE))
                .filter(pts -> !lost.contains(pts))
                .toList();
    }

    private String warning(long count, String where) {
        return clip + ": " + count + " damaged packet(s) or frame(s) " + where + ", skipped or concealed";
    }

    private List<JsonNode> upscale(String... more) {
        Streams streams = new Streams();
        List<String> words = new ArrayList<>(List.of(more));
        words.add("--json");
        assertThat(streams.upflux(command(words.toArray(String[]::new))))
                .describedAs(streams.err())
                .isZero();
        return streams.json();
    }

    private Object[] command(String... more) {
        List<Object> words = new ArrayList<>(List.of(
                "upscale", clip, "-o", output, "-n", "bicubic-x2", "--segment", "1s", "--jobs", "2", "--no-progress"));
        words.addAll(List.of(more));
        return words.toArray();
    }

    private static List<String> warnings(List<JsonNode> events) {
        List<String> warnings = new ArrayList<>();
        events.get(events.size() - 1).path("warnings").forEach(line -> warnings.add(line.asText()));
        return warnings;
    }

    /** In milliseconds. */
    private static List<Long> times(String stream, Path file) {
        return FfmpegPrograms.times(file, stream).stream()
                .map(seconds -> Math.round(1000 * seconds))
                .sorted()
                .toList();
    }

    private static List<String> packets(String stream, Path file) {
        return FfmpegPrograms.packets(file, stream, "pts_time,size");
    }
}
