package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound of a live output: the source's own packets where players play them. */
class LiveSoundTest {
    /** Kinds of messages. */
    private static final byte SOUND = 2;

    private static final byte SAMPLES = 3;

    @TempDir
    private Path folder;

    private LiveRun run;

    @BeforeEach
    void make() {
        run = new LiveRun(folder);
    }

    /** Of every container, as other programs see it. */
    @ParameterizedTest
    @ValueSource(strings = {"in.ts", "in.mp4", "in.mkv"})
    void aacIsCopiedBitByBit(String name) throws IOException {
        Path clip = run.clip(name, 25, "-c:a", "aac", "-ac", "2");
        run.live(clip, 75);

        String source = Files.readString(adts(clip), StandardCharsets.ISO_8859_1);
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThat(source).as("%s", file).contains(Files.readString(adts(file), StandardCharsets.ISO_8859_1));
            Probed.assertInStep(file, 0.030, 0.050);
        }
        assertThat(run.fragments.get(0).header().audioCodec()).isEqualTo("mp4a.40.2");
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
        Path clip = run.clip("in.mkv", 25, ("-c:a " + sound).split(" "));
        run.live(clip, 75);

        assertThat(run.fragments.get(0).header().audioCodec()).isEqualTo(name);
        assertThat(Probed.codec(run.mp4(0))).isEqualTo(inMp4);
        assertThat(Probed.codec(run.ts(0))).isEqualTo(inTs);
        List<String> source = Probed.checksums(clip);
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            if (Probed.codec(file).equals(Probed.codec(clip))) {
                assertThat(source).as("%s", file).containsSubsequence(Probed.checksums(file));
                assertThat(Probed.checksums(file)).hasSizeGreaterThan(source.size() - 4);
            }
            Probed.assertInStep(file, 0.065, 0.110);
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
        run.live(clip, 45);

        assertThat(run.fragments.get(0).header().codecs()).matches("avc1\\.[0-9a-f]{6},opus");
        assertThat(Probed.checksums(clip)).containsSubsequence(Probed.checksums(run.mp4(0)));
    }

    @ParameterizedTest
    @CsvSource({"aac, AAC, aac", "aac, OPUS, opus", "libopus, AAC, aac", "libopus, OPUS, opus", "aac, NONE, ''"})
    void theSoundMayBeChosen(String source, LiveSound wanted, String expected) throws IOException {
        run.live(LiveRun.OPTIONS.withSound(wanted), run.clip("in.mkv", 25, "-c:a", source), 50);
        assertThat(Probed.codec(run.mp4(0))).isEqualTo(expected);
        assertThat(Probed.codec(run.ts(0))).isEqualTo(expected);
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
        assertThat(Probed.errors(run.ts(0))).isEmpty();
    }

    @Test
    void aVideoWithoutSoundHasNone() throws IOException {
        run.live(run.clip("in.mp4", 25, "-an"), 25);

        assertThat(run.fragments.get(0).header().codecs()).startsWith("avc1.").doesNotContain(",");
        assertThat(Probed.errors(run.mp4(0))).isEmpty();
    }

    @Test
    void soundBehindTheLastPictureIsRelayedToo() {
        Path clip = folder.resolve("in.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=1:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000:duration=2",
                "-c:v",
                "ffv1",
                "-c:a",
                "aac",
                clip.toString());
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        // Several threads would keep pictures back until all is read.
        InputOptions reading = InputOptions.defaults().withThreads(1);
        MediaRelay.send(told -> MediaSource.open(clip.toString(), reading, told), Channels.newChannel(sent));

        Map<Byte, Integer> kinds = new HashMap<>();
        ByteBuffer messages = ByteBuffer.wrap(sent.toByteArray());
        while (messages.hasRemaining()) {
            kinds.merge(messages.get(), 1, Integer::sum);
            int length = messages.getInt();
            messages.position(messages.position() + length);
        }
        int packets = Probed.count(clip, "a:0");
        assertThat(kinds).containsEntry(SOUND, packets).containsEntry(SAMPLES, packets);
    }
}
