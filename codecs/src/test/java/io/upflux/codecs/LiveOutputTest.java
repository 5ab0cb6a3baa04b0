package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments, judged by the ffprobe and ffmpeg programs. */
class LiveOutputTest {
    private static final LiveOptions OPTIONS =
            LiveOptions.defaults().withCuts(Duration.ofSeconds(1), Duration.ofMillis(200));

    @TempDir
    Path folder;

    private final List<Fragment> fragments = new ArrayList<>();

    @Test
    void partsAreAsLongAsAskedAndSegmentsBeginWithKeyFrames() {
        live(clip("in.mp4", 25, "-c:a", "aac"), 75);

        assertThat(fragments).extracting(Fragment::startsSegment).containsSequence(false, false, false, false, true);
        assertThat(fragments).filteredOn(Fragment::startsSegment).hasSize(3).allMatch(Fragment::independent);
        assertThat(fragments).extracting(Fragment::durationMicros).containsOnly(200_000L);
        for (int i = 1; i < fragments.size(); i++) {
            Fragment before = fragments.get(i - 1);
            assertThat(fragments.get(i).startMicros()).isEqualTo(before.startMicros() + before.durationMicros());
            assertThat(Duration.between(before.wallClock(), fragments.get(i).wallClock()))
                    .isEqualTo(Duration.ofNanos(before.durationMicros() * 1000));
        }
    }

    @Test
    void bothContainersHoldEveryPictureAndTheSoundInTime() throws IOException {
        live(clip("in.mp4", 25, "-c:a", "aac"), 75);

        for (Path file : List.of(mp4(0), ts(0))) {
            assertThat(count(file, "v:0")).as("%s", file).isEqualTo(75);
            assertThat(first(file, "a:0") - first(file, "v:0")).as("%s", file).isCloseTo(0, within(0.030));
            assertThat(last(file, "a:0") - last(file, "v:0")).as("%s", file).isCloseTo(0, within(0.050));
            assertThat(errors(file)).as("%s", file).isEmpty();
        }
        assertThat(fragments.get(0).header().codecs()).matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2");
    }

    /** As FFmpeg's muxer for DASH calls it. */
    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "libsvtav1", "vp9"})
    void playersAreToldTheCodecByTheNameTheyAskFor(String encoder) throws IOException {
        Collected notices = new Collected();
        LiveOptions options = OPTIONS.withEncoding(OPTIONS.encoding().withVideoCodec(encoder));
        try (LiveOutput output = LiveOutput.create("live", options, fragments::add, notices)) {
            pump(output, clip("in.mp4", 25, "-an"), 25);
        }

        Path manifest = folder.resolve("out.mpd");
        FfmpegPrograms.ffmpeg("-i", mp4(0).toString(), "-c", "copy", "-f", "dash", manifest.toString());
        String codecs = fragments.get(0).header().codecs();
        assertThat(codecs).contains(".");
        assertThat(Files.readString(manifest)).contains("codecs=\"" + codecs + "\"");
        if (encoder.equals("libopenh264")) {
            assertThat(notices.warnings).isEmpty();
        } else {
            assertThat(notices.warnings)
                    .singleElement()
                    .asString()
                    .contains("MPEG-TS has no form for")
                    .contains("viewers of .ts");
        }
    }

    @Test
    void decodingCanStartAtEverySegment() throws IOException {
        live(clip("in.mp4", 25, "-c:a", "aac"), 75);

        for (Path file : List.of(mp4(5), ts(5))) {
            assertThat(count(file, "v:0")).as("%s", file).isEqualTo(50);
            assertThat(errors(file)).as("%s", file).isEmpty();
        }
        assertThat(first(mp4(5), "v:0")).isCloseTo(1.0, within(0.001));
    }

    @Test
    void transportStreamFragmentsAreWholePackets() {
        live(clip("in.mp4", 25, "-c:a", "aac"), 50);

        assertThat(fragments).allSatisfy(fragment -> {
            assertThat(fragment.ts().remaining() % 188).isZero();
            assertThat(fragment.ts().get(0)).isEqualTo((byte) 0x47);
        });
        // Table 2-3 of ISO 13818-1: the PAT's packet identifier is 0.
        assertThat(fragments)
                .filteredOn(Fragment::independent)
                .allMatch(fragment -> (fragment.ts().getShort(1) & 0x1fff) == 0
                        || fragment.ts().getShort(1) == 0x4011);
    }

    /** Of every container, as other programs see it. */
    @ParameterizedTest
    @ValueSource(strings = {"in.ts", "in.mp4", "in.mkv"})
    void aacIsCopiedBitByBit(String name) throws IOException {
        Path clip = clip(name, 25, "-c:a", "aac", "-ac", "2");
        live(clip, 75);

        String source = Files.readString(adts(clip), StandardCharsets.ISO_8859_1);
        for (Path file : List.of(mp4(0), ts(0))) {
            assertThat(source).as("%s", file).contains(Files.readString(adts(file), StandardCharsets.ISO_8859_1));
            assertThat(first(file, "a:0") - first(file, "v:0")).as("%s", file).isCloseTo(0, within(0.030));
            assertThat(last(file, "a:0") - last(file, "v:0")).as("%s", file).isCloseTo(0, within(0.050));
            assertThat(errors(file)).as("%s", file).isEmpty();
        }
        assertThat(fragments.get(0).header().audioCodec()).isEqualTo("mp4a.40.2");
    }

    private Path adts(Path file) {
        Path sound = folder.resolve(file.getFileName() + ".aac");
        FfmpegPrograms.ffmpeg("-i", file.toString(), "-map", "0:a:0", "-c", "copy", sound.toString());
        return sound;
    }

    /** Each container has the source's own packets where its players play them, else AAC. */
    @ParameterizedTest
    @CsvSource({
        "libopus, opus, opus, opus",
        "libopus -frame_duration 60 -ac 1, opus, opus, opus",
        "flac -ac 1, flac, flac, aac",
        "ac3 -ar 44100, mp4a.40.2, aac, ac3",
        "eac3, mp4a.40.2, aac, eac3",
        "libmp3lame, mp4a.40.2, aac, mp3",
        "mp2, mp4a.40.2, aac, mp2",
        "vorbis -strict -2 -ac 2, mp4a.40.2, aac, aac",
        "pcm_s16le -ar 32000, mp4a.40.2, aac, aac"
    })
    void soundIsCopiedIntoContainersWhosePlayersPlayIt(String sound, String name, String inMp4, String inTs)
            throws IOException {
        Path clip = clip("in.mkv", 25, ("-c:a " + sound).split(" "));
        live(clip, 75);

        assertThat(fragments.get(0).header().audioCodec()).isEqualTo(name);
        assertThat(codec(mp4(0))).isEqualTo(inMp4);
        assertThat(codec(ts(0))).isEqualTo(inTs);
        List<String> source = checksums(clip);
        for (Path file : List.of(mp4(0), ts(0))) {
            if (codec(file).equals(codec(clip))) {
                assertThat(source).as("%s", file).containsSubsequence(checksums(file));
                assertThat(checksums(file)).hasSizeGreaterThan(source.size() - 4);
            }
            assertThat(first(file, "a:0") - first(file, "v:0")).as("%s", file).isCloseTo(0, within(0.065));
            assertThat(last(file, "a:0") - last(file, "v:0")).as("%s", file).isCloseTo(0, within(0.110));
            assertThat(errors(file)).as("%s", file).isEmpty();
        }
    }

    /** As browsers record it. */
    @Test
    void opusOfWebmIsCopied() throws IOException {
        Path clip = folder.resolve("in.webm");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x90:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000",
                "-t",
                "2",
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-c:a",
                "libopus",
                clip.toString());
        live(clip, 45);

        assertThat(fragments.get(0).header().codecs()).matches("avc1\\.[0-9a-f]{6},opus");
        assertThat(checksums(clip)).containsSubsequence(checksums(mp4(0)));
    }

    @ParameterizedTest
    @CsvSource({"aac, AAC, aac", "aac, OPUS, opus", "libopus, AAC, aac", "libopus, OPUS, opus", "aac, NONE, ''"})
    void theSoundMayBeChosen(String source, LiveSound wanted, String expected) throws IOException {
        try (LiveOutput output = LiveOutput.create("live", OPTIONS.withSound(wanted), fragments::add, Notices.none())) {
            pump(output, clip("in.mkv", 25, "-c:a", source), 50);
        }
        assertThat(codec(mp4(0))).isEqualTo(expected);
        assertThat(codec(ts(0))).isEqualTo(expected);
        assertThat(errors(mp4(0))).isEmpty();
        assertThat(errors(ts(0))).isEmpty();
    }

    private static String codec(Path file) {
        return FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        "a:0",
                        "-show_entries",
                        "stream=codec_name",
                        "-of",
                        "default=nk=1:nw=1",
                        file.toString())
                .lines()
                .findFirst()
                .orElse("");
    }

    /** Of the packets of the sound, as they are stored. */
    private static List<String> checksums(Path file) {
        return FfmpegPrograms.ffprobe(
                        "-v",
                        "error",
                        "-select_streams",
                        "a:0",
                        "-show_packets",
                        "-show_data_hash",
                        "md5",
                        "-show_entries",
                        "packet=data_hash",
                        "-of",
                        "default=nk=1:nw=1",
                        file.toString())
                .lines()
                .filter(line -> line.startsWith("MD5:"))
                .toList();
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
        live(both, 95);

        assertThat(headers()).hasSize(1);
        // The second part may begin with pictures that cannot be decoded; the last one before stays meanwhile.
        assertThat(count(mp4(0), "v:0")).isGreaterThanOrEqualTo(95);
        assertThat(errors(mp4(0))).isEmpty();
    }

    @Test
    void aVideoWithoutSoundHasNone() throws IOException {
        live(clip("in.mp4", 25, "-an"), 25);

        assertThat(fragments.get(0).header().codecs()).startsWith("avc1.").doesNotContain(",");
        assertThat(errors(mp4(0))).isEmpty();
    }

    @Test
    void aLoopedFileGoesOnWithoutAGap() throws IOException {
        live(clip("in.mp4", 25, "-c:a", "aac"), 200);

        List<Double> times = FfmpegPrograms.times(mp4(0), "v:0");
        assertThat(times).hasSize(200);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).as("frame %d", i).isBetween(0.03, 0.10);
        }
        assertThat(last(mp4(0), "a:0") - last(mp4(0), "v:0")).isCloseTo(0, within(0.050));
        assertThat(errors(mp4(0))).isEmpty();
    }

    @Test
    void theNextSourceGoesOnAtTheSameSizeWhereTheLastEnded() throws IOException {
        Path first = clip("first.mp4", 25, "-c:a", "aac");
        Path second = folder.resolve("second.mp4");
        FfmpegPrograms.ffmpeg("-f", "lavfi", "-i", "testsrc2=size=480x360:rate=30", "-t", "2", second.toString());
        try (LiveOutput output = LiveOutput.create("live", OPTIONS, fragments::add, Notices.none())) {
            pump(output, first, 50);
            pump(output, second, 60);
            pump(output, first, 50);
        }

        assertThat(fragments).extracting(fragment -> fragment.header().width()).containsOnly(320);
        assertThat(headers()).hasSize(3);
        assertThat(aspect(1)).isEqualTo("1:1");
        assertThat(aspect(3)).as("as wide as it was").isEqualTo("3:4");
        Fragment last = fragments.get(fragments.size() - 1);
        assertThat(last.startMicros() + last.durationMicros()).isCloseTo(6_000_000L, within(1000L));
    }

    /** Who follows an MP4 stays. */
    @Test
    void anotherSizeAndRateOfTheSameShapeNeedNoOtherHeader() throws IOException {
        Path first = clip("first.mp4", 25, "-c:a", "aac");
        Path second = clip("second.mp4", 30, "-c:a", "aac", "-vf", "scale=640:360");
        try (LiveOutput output = LiveOutput.create("live", OPTIONS, fragments::add, Notices.none())) {
            pump(output, first, 50);
            pump(output, second, 60);
        }

        assertThat(headers()).hasSize(1);
        assertThat(count(mp4(0), "v:0")).isEqualTo(110);
        assertThat(errors(mp4(0))).isEmpty();
    }

    @Test
    void theSameSourceAgainContinuesTheSameContainers() throws IOException {
        Path clip = clip("in.mp4", 25, "-c:a", "aac");
        try (LiveOutput output = LiveOutput.create("live", OPTIONS, fragments::add, Notices.none())) {
            pump(output, clip, 50);
            pump(output, clip, 50);
        }

        assertThat(headers()).hasSize(1);
        assertThat(count(mp4(0), "v:0")).isEqualTo(100);
        assertThat(errors(mp4(0))).isEmpty();
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
        live(clip, 40);

        long end = fragments.get(0).startMicros();
        for (Fragment fragment : fragments) {
            assertThat(fragment.startMicros()).isEqualTo(end);
            assertThat(fragment.durationMicros()).isLessThanOrEqualTo(280_000);
            end += fragment.durationMicros();
        }
        assertThat(errors(mp4(0))).isEmpty();
    }

    /** RFC 8216, section 4.3.3.1: how long segments last must not depend on what comes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9})
    void whileASourceStallsItsLastPictureGoesOn(int seconds) throws IOException {
        live(stalling(seconds), 50);

        for (int i = 1; i < fragments.size(); i++) {
            Fragment before = fragments.get(i - 1);
            assertThat(fragments.get(i).startMicros()).isEqualTo(before.startMicros() + before.durationMicros());
            assertThat(Duration.between(before.wallClock(), fragments.get(i).wallClock()))
                    .isEqualTo(Duration.ofNanos(before.durationMicros() * 1000));
        }
        assertThat(fragments).extracting(Fragment::durationMicros).allMatch(micros -> micros <= 201_000);
        assertThat(segmentMicros()).allMatch(micros -> micros < 1_410_000);
        assertThat(micros(fragments)).isCloseTo((2 + seconds) * 1_000_000L, within(1000L));
        for (Path file : List.of(mp4(0), ts(0))) {
            assertThat(last(file, "a:0") - last(file, "v:0")).as("%s", file).isCloseTo(0, within(0.050));
            assertThat(errors(file)).as("%s", file).isEmpty();
        }
    }

    @Test
    void aLongerPauseIsAStepBehindWhichASegmentBegins() throws IOException {
        live(stalling(15), 50);

        assertThat(micros(fragments)).isCloseTo(2_000_000L, within(1000L));
        Fragment behind = fragments.stream()
                .filter(fragment -> fragment.startMicros() >= 1_000_000)
                .findFirst()
                .orElseThrow();
        assertThat(behind.startsSegment()).isTrue();
        assertThat(behind.independent()).isTrue();
        assertThat(segmentMicros()).allMatch(micros -> micros <= 1_001_000);
        assertThat(errors(mp4(0))).isEmpty();
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
        for (Fragment fragment : fragments) {
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

    /** Section 4.4.4.9 of draft-pantos-hls-rfc8216bis. */
    @ParameterizedTest
    @ValueSource(ints = {10, 15, 24, 25, 30, 50})
    void partsAreAsLongAsPlaylistsPromise(int rate) {
        LiveOptions usual = LiveOptions.defaults();
        try (LiveOutput output = LiveOutput.create("live", usual, fragments::add, Notices.none())) {
            pump(output, clip("in.mp4", rate, "-an"), 5 * rate);
        }
        long target = usual.longestPart().toNanos() / 1000;
        for (int i = 0; i + 1 < fragments.size(); i++) {
            boolean last = fragments.get(i + 1).startsSegment();
            assertThat(fragments.get(i).durationMicros())
                    .as("part %d of %d fps", i, rate)
                    .isBetween(last ? 1 : target * 85 / 100, target);
        }
    }

    @Test
    void partsLongerThanSegmentsAreRefused() {
        assertThatThrownBy(() -> LiveOptions.defaults().withCuts(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("parts of 1000 ms do not fit segments of 200 ms");
    }

    private Path clip(String name, int rate, String... sound) {
        Path file = folder.resolve(name);
        FfmpegPrograms.ffmpeg(Stream.concat(
                        Stream.of(
                                "-f",
                                "lavfi",
                                "-i",
                                "testsrc2=size=320x180:rate=" + rate,
                                "-f",
                                "lavfi",
                                "-i",
                                "sine=frequency=440:sample_rate=48000",
                                "-t",
                                "3",
                                "-pix_fmt",
                                "yuv420p",
                                "-c:v",
                                "libopenh264",
                                "-g",
                                "25"),
                        Stream.concat(Stream.of(sound), Stream.of(file.toString())))
                .toArray(String[]::new));
        return file;
    }

    private void live(Path clip, int frames) {
        try (LiveOutput output = LiveOutput.create("live", OPTIONS, fragments::add, Notices.none())) {
            pump(output, clip, frames);
        }
    }

    static void pump(LiveOutput output, Path clip, int frames) {
        InputOptions looped = InputOptions.defaults().withLoop(true);
        try (NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), looped, Notices.none());
                FrameSink sink = output.sink(source)) {
            sink.open(source.format());
            source.frames(scope).take(frames).doOnNext(sink::write).blockLast();
            sink.finish();
        }
    }

    private Path mp4(int from) throws IOException {
        return write("out" + from + ".mp4", from, fragments.get(0).header().init(), Fragment::mp4);
    }

    private Path ts(int from) throws IOException {
        return write("out" + from + ".ts", from, ByteBuffer.allocate(0), Fragment::ts);
    }

    private Path write(String name, int from, ByteBuffer init, Function<Fragment, ByteBuffer> form) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                WritableByteChannel channel = Channels.newChannel(out)) {
            channel.write(init.duplicate());
            for (Fragment fragment : fragments.subList(from, fragments.size())) {
                channel.write(form.apply(fragment).duplicate());
            }
        }
        return file;
    }

    /** By identity: a new object means new containers. */
    private Set<FragmentHeader> headers() {
        Set<FragmentHeader> headers = Collections.newSetFromMap(new IdentityHashMap<>());
        fragments.forEach(fragment -> headers.add(fragment.header()));
        return headers;
    }

    /** Of the samples of the pictures at a second. */
    private String aspect(int second) throws IOException {
        int at = 0;
        while (fragments.get(at).startMicros() < second * 1_000_000L) {
            at++;
        }
        Path file = write("aspect.mp4", at, fragments.get(at).header().init(), Fragment::mp4);
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

    private static int count(Path file, String stream) {
        return FfmpegPrograms.times(file, stream).size();
    }

    private static double first(Path file, String stream) {
        return FfmpegPrograms.times(file, stream).get(0);
    }

    private static double last(Path file, String stream) {
        List<Double> times = FfmpegPrograms.times(file, stream);
        return times.get(times.size() - 1);
    }

    /** What a decoder complains of. */
    private String errors(Path file) throws IOException {
        Path frames = folder.resolve("frames.txt");
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "framemd5", frames.toString());
        return Files.readString(frames).lines().anyMatch(line -> !line.startsWith("#")) ? "" : "no frame";
    }
}
