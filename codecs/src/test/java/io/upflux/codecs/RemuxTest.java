package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments in other containers, judged by the ffprobe and ffmpeg programs. */
class RemuxTest {
    @TempDir
    Path folder;

    private final List<Fragment> fragments = new ArrayList<>();

    @BeforeEach
    void encode() {
        encode("aac");
    }

    private void encode(String sound) {
        fragments.clear();
        Path clip = folder.resolve("clip.mkv");
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
                "3",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libopenh264",
                "-c:a",
                sound,
                clip.toString());
        LiveOptions options = LiveOptions.defaults().withCuts(Duration.ofSeconds(1), Duration.ofMillis(200));
        try (LiveOutput output = LiveOutput.create("live", options, fragments::add, Notices.none());
                NativeScope scope = new NativeScope();
                MediaSource source = MediaSource.open(clip.toString(), InputOptions.defaults(), Notices.none());
                FrameSink sink = output.sink(source)) {
            sink.open(source.format());
            source.frames(scope).doOnNext(sink::write).blockLast();
            sink.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "ts", "flv", "mov"})
    void everyPacketArrivesInTimeThatBeginsAtZero(String extension) {
        Path file = folder.resolve("out." + extension);
        // From the second segment on, as for those who come later.
        remux(fragments.subList(5, fragments.size()), file.toString());

        List<Double> times = FfmpegPrograms.times(file, "v");
        assertThat(times).hasSize(50);
        double start = times.get(0);
        // MPEG-TS begins with its decoder's delay.
        assertThat(start).isBetween(0.0, extension.equals("ts") ? 2.0 : 0.1);
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "null", "-");
        assertThat(leftovers()).isEmpty();
    }

    /** Servers that take RTMP know little but AAC; MPEG-TS has no FLAC. */
    @ParameterizedTest
    @CsvSource({
        "libopus, flv, aac",
        "libopus, ts, opus",
        "libopus, mp4, opus",
        "flac, flv, aac",
        "flac, ts, aac",
        "flac, mkv, flac"
    })
    void soundThatTheContainerOrItsReadersLackBecomesAac(String sound, String extension, String expected) {
        encode(sound);
        Path file = folder.resolve("out." + extension);
        remux(fragments, file.toString());

        String streams = FfmpegPrograms.ffprobe(
                "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file.toString());
        // Of MPEG-TS, programs are listed, too.
        assertThat(streams.lines().map(line -> line.replace(",", "")).filter(line -> !line.isEmpty()))
                .containsOnly("h264", expected);
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "null", "-");
    }

    /** Which MP4 would not carry to browsers. */
    @ParameterizedTest
    @CsvSource({"ac3, ac3", "libmp3lame, mp3", "mp2, mp2", "aac, aac", "libopus, opus"})
    void soundOfTransportStreamsStaysInThem(String sound, String expected) {
        encode(sound);
        Path file = folder.resolve("out.ts");
        remux(transport(fragments.subList(5, fragments.size())), file.toString());

        String packets = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-count_packets",
                "-show_entries",
                "stream=codec_name,nb_read_packets",
                "-of",
                "csv=p=0",
                file.toString());
        assertThat(packets).contains("h264,50").contains(expected + ",");
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-f", "null", "-");
    }

    @Test
    void whatIsThereStays() throws IOException {
        Path file = Files.writeString(folder.resolve("out.mp4"), "mine");
        assertThatThrownBy(() -> remux(fragments, file.toString()))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("exists already");
        assertThat(file).hasContent("mine");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamed() {
        assertThatThrownBy(() -> {
                    try (Remux remux = Remux.open("tape", channel(fragments), "/dev/full", "mpegts")) {
                        remux.run();
                    }
                })
                .isInstanceOf(StreamException.class)
                .hasMessage("tape: No space left on device");
    }

    @Test
    void whatIsNoMovieLeavesNothing() {
        ReadableByteChannel junk = Channels.newChannel(new ByteArrayInputStream(new byte[1000]));
        Path file = folder.resolve("out.mp4");
        assertThatThrownBy(() -> Remux.open("tape", junk, file.toString(), null))
                .isInstanceOf(StreamException.class);
        assertThat(file).doesNotExist();
        assertThat(leftovers()).isEmpty();
    }

    private static void remux(List<Fragment> fragments, String location) {
        remux(channel(fragments), location);
    }

    private static void remux(ReadableByteChannel movie, String location) {
        try (Remux remux = Remux.open("tape", movie, location, null)) {
            remux.run();
        }
    }

    private static ReadableByteChannel channel(List<Fragment> fragments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(bytes, fragments.get(0).header().init());
        fragments.forEach(fragment -> add(bytes, fragment.mp4()));
        return Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private static ReadableByteChannel transport(List<Fragment> fragments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        fragments.forEach(fragment -> add(bytes, fragment.ts()));
        return Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private static void add(ByteArrayOutputStream bytes, ByteBuffer piece) {
        byte[] copy = new byte[piece.remaining()];
        piece.duplicate().get(copy);
        bytes.writeBytes(copy);
    }

    private List<Path> leftovers() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
