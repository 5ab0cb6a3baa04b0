package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A live stream whose sources have sound of different kinds, judged by the ffprobe and ffmpeg programs. */
class SoundChangeTest {
    private static final int RATE = 25;
    private static final int FRAMES = 50;

    /** When the tone of each clip begins, in seconds. */
    private static final double ONSET = 0.5;

    @TempDir
    Path folder;

    private final Collected notices = new Collected();
    private LiveRun run;

    @BeforeEach
    void make() {
        run = new LiveRun(folder);
    }

    /** One file, one decoder, and tones where they were. */
    @ParameterizedTest
    @CsvSource({
        "COPY, ts, aac -ar 48000 -ac 2, ts, libmp3lame -ar 44100 -ac 1, 'aac,48000,2', 'aac,48000,2'",
        "COPY, mp4, aac -ar 44100 -ac 1, mkv, ac3 -ar 48000 -ac 2, 'aac,44100,1', 'aac,44100,1'",
        "COPY, mkv, aac -ar 48000 -ac 6, mkv, vorbis -strict -2 -ar 44100 -ac 2, 'aac,48000,6', 'aac,48000,6'",
        "COPY, mkv, ac3 -ar 48000 -ac 2, mkv, libmp3lame -ar 44100 -ac 1, 'aac,48000,2', 'ac3,48000,2'",
        "COPY, mkv, libmp3lame -ar 44100 -ac 2, mp4, aac -ar 48000 -ac 1, 'aac,44100,2', 'mp3,44100,2'",
        "COPY, mkv, libopus -ac 2, ts, aac -ar 44100 -ac 1, 'opus,48000,2', 'opus,48000,2'",
        "OPUS, ts, aac -ar 32000 -ac 1, mkv, libopus -ac 2, 'opus,48000,1', 'opus,48000,1'",
        "AAC, mkv, pcm_s16le -ar 32000 -ac 1, mp4, aac -ar 48000 -ac 2, 'aac,32000,1', 'aac,32000,1'",
    })
    void laterSoundGoesOnInTheKindOfTheFirst(
            LiveSound wanted,
            String firstForm,
            String first,
            String secondForm,
            String second,
            String inMp4,
            String inTs)
            throws IOException {
        stream(wanted, clip("first." + firstForm, first), clip("second." + secondForm, second));

        assertThat(run.headers()).hasSize(1);
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThat(sound(file)).isEqualTo(file.toString().endsWith(".mp4") ? inMp4 : inTs);
            assertThatTonesBegin(file, ONSET, 2 + ONSET);
        }
    }

    /** However their containers write it. */
    @ParameterizedTest
    @ValueSource(strings = {"mp4", "mkv", "ts"})
    void equalAacIsCopiedOutOfAnyContainer(String form) throws IOException {
        Path first = clip("first.mp4", "aac -ar 48000 -ac 2");
        Path second = folder.resolve("second." + form);
        FfmpegPrograms.ffmpeg("-i", first.toString(), "-c", "copy", second.toString());
        stream(LiveSound.COPY, first, second);

        assertThat(run.headers()).hasSize(1);
        Set<String> source = Set.copyOf(Probed.checksums(first));
        List<String> copied = Probed.checksums(run.mp4(0));
        assertThat(copied).hasSizeGreaterThan(180);
        assertThat(copied.stream().filter(packet -> !source.contains(packet))).isEmpty();
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThatTonesBegin(file, ONSET, 2 + ONSET);
        }
    }

    /** Players wait for a track that pauses. */
    @ParameterizedTest
    @ValueSource(strings = {"aac -ar 48000 -ac 2", "aac -ar 8000 -ac 1", "libopus", "ac3"})
    void aSourceWithoutSoundIsSilent(String sound) throws IOException {
        Path clip = clip("first.mkv", sound);
        stream(LiveSound.COPY, clip, clip("second.mp4", ""), clip);

        assertThat(run.headers()).hasSize(1);
        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThatTonesBegin(file, ONSET, 4 + ONSET);
            List<Double> times = FfmpegPrograms.times(file, "a:0");
            for (int i = 1; i < times.size(); i++) {
                assertThat(times.get(i) - times.get(i - 1)).as("packet %d", i).isLessThan(0.3);
            }
            assertThat(times.stream().filter(time -> time > 2 && time < 4))
                    .as("%s", file)
                    .hasSizeGreaterThan(14);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', aac, mp4a.40.2", "flac, aac, mp4a.40.2", "flac, '', "})
    void whatCannotGoOnIsAnotherStream(String first, String second, String name) throws IOException {
        stream(LiveSound.COPY, clip("first.mkv", first), clip("second.mkv", second));

        assertThat(run.headers()).hasSize(2);
        assertThat(run.fragments.get(run.fragments.size() - 1).header().audioCodec())
                .isEqualTo(name);
        assertThat(notices.warnings).isEmpty();
    }

    /** @param sound encoder and what it is told; empty for none */
    private Path clip(String name, String sound) {
        Path file = folder.resolve(name);
        String tone = "aevalsrc=0.5*sin(2*PI*1000*t)*between(t\\,%s\\,%s):s=48000".formatted(ONSET, 2 * ONSET);
        Stream<String> encoder =
                sound.isEmpty() ? Stream.of("-an") : Stream.concat(Stream.of("-c:a"), Arrays.stream(sound.split(" ")));
        FfmpegPrograms.ffmpeg(Stream.of(
                        Stream.of("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=" + RATE),
                        Stream.of("-f", "lavfi", "-i", tone, "-t", "2", "-pix_fmt", "yuv420p"),
                        Stream.of("-c:v", "libopenh264", "-g", "25"),
                        encoder,
                        Stream.of(file.toString()))
                .flatMap(Function.identity())
                .toArray(String[]::new));
        return file;
    }

    private void stream(LiveSound wanted, Path... clips) {
        LiveOptions options = LiveOptions.defaults().withSound(wanted);
        try (LiveOutput output = LiveOutput.create("live", options, run.fragments::add, notices)) {
            for (Path clip : clips) {
                LiveRun.pump(output, clip, FRAMES);
            }
        }
    }

    private static String sound(Path file) {
        return Probed.entries(file, "a:0", "-show_entries", "stream=codec_name,sample_rate,channels")
                .get(0);
    }

    /** All of it is decoded, without an error. */
    private void assertThatTonesBegin(Path file, double... seconds) throws IOException {
        Path said = folder.resolve("silence.txt");
        String detector = "silencedetect=noise=-30dB:duration=0.2,ametadata=mode=print:file=" + said;
        FfmpegPrograms.ffmpeg("-xerror", "-i", file.toString(), "-af", detector, "-f", "null", "-");
        List<Double> ends = Files.readString(said)
                .lines()
                .filter(line -> line.startsWith("lavfi.silence_end="))
                .map(line -> Double.valueOf(line.substring(line.indexOf('=') + 1)))
                .toList();
        assertThat(ends).as("%s", file).hasSize(seconds.length);
        for (int i = 0; i < seconds.length; i++) {
            assertThat(ends.get(i)).as("%s", file).isCloseTo(seconds[i], within(0.040));
        }
        assertThat(FfmpegPrograms.times(file, "v:0"))
                .as("%s", file)
                .hasSize(FRAMES * (int) Math.ceil(seconds[seconds.length - 1] / 2));
    }
}
