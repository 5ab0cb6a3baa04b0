package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments, judged by the ffprobe and ffmpeg programs. */
class LiveOutputTest {
    @TempDir
    private Path folder;

    private LiveRun run;

    @BeforeEach
    void make() {
        run = new LiveRun(folder);
    }

    @Test
    void partsAreAsLongAsAskedAndSegmentsBeginWithKeyFrames() {
        run.live(run.clip("in.mp4", 25, "-c:a", "aac"), 75);

        assertThat(run.fragments)
                .extracting(Fragment::startsSegment)
                .containsSequence(false, false, false, false, true);
        assertThat(run.fragments).filteredOn(Fragment::startsSegment).hasSize(3).allMatch(Fragment::independent);
        assertThat(run.fragments).extracting(Fragment::durationMicros).containsOnly(200_000L);
        for (int i = 1; i < run.fragments.size(); i++) {
            Fragment before = run.fragments.get(i - 1);
            assertThat(run.fragments.get(i).startMicros()).isEqualTo(before.startMicros() + before.durationMicros());
            assertThat(Duration.between(before.wallClock(), run.fragments.get(i).wallClock()))
                    .isEqualTo(Duration.ofNanos(before.durationMicros() * 1000));
        }
    }

    @Test
    void bothContainersHoldEveryPictureAndTheSoundInTime() throws IOException {
        run.live(run.clip("in.mp4", 25, "-c:a", "aac"), 75);

        for (Path file : List.of(run.mp4(0), run.ts(0))) {
            assertThat(Probed.count(file, "v:0")).as("%s", file).isEqualTo(75);
            Probed.assertInStep(file, 0.030, 0.050);
        }
        assertThat(run.fragments.get(0).header().codecs()).matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2");
    }

    /** As FFmpeg's muxer for DASH calls it. */
    @ParameterizedTest
    @ValueSource(strings = {"libopenh264", "libsvtav1", "vp9"})
    void playersAreToldTheCodecByTheNameTheyAskFor(String encoder) throws IOException {
        Collected notices = new Collected();
        LiveOptions options =
                LiveRun.OPTIONS.withEncoding(LiveRun.OPTIONS.encoding().withVideoCodec(encoder));
        try (LiveOutput output = LiveOutput.create("live", options, run.fragments::add, notices)) {
            LiveRun.pump(output, run.clip("in.mp4", 25, "-an"), 25);
        }

        Path manifest = folder.resolve("out.mpd");
        FfmpegPrograms.ffmpeg("-i", run.mp4(0).toString(), "-c", "copy", "-f", "dash", manifest.toString());
        String codecs = run.fragments.get(0).header().codecs();
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
        run.live(run.clip("in.mp4", 25, "-c:a", "aac"), 75);

        for (Path file : List.of(run.mp4(5), run.ts(5))) {
            assertThat(Probed.count(file, "v:0")).as("%s", file).isEqualTo(50);
            assertThat(Probed.errors(file)).as("%s", file).isEmpty();
        }
        assertThat(Probed.first(run.mp4(5), "v:0")).isCloseTo(1.0, within(0.001));
    }

    @Test
    void transportStreamFragmentsAreWholePackets() {
        run.live(run.clip("in.mp4", 25, "-c:a", "aac"), 50);

        assertThat(run.fragments).allSatisfy(fragment -> {
            assertThat(fragment.ts().remaining() % 188).isZero();
            assertThat(fragment.ts().get(0)).isEqualTo((byte) 0x47);
        });
        // Table 2-3 of ISO 13818-1: the PAT's packet identifier is 0.
        assertThat(run.fragments)
                .filteredOn(Fragment::independent)
                .allMatch(fragment -> (fragment.ts().getShort(1) & 0x1fff) == 0
                        || fragment.ts().getShort(1) == 0x4011);
    }

    /** Section 4.4.4.9 of draft-pantos-hls-rfc8216bis. */
    @ParameterizedTest
    @ValueSource(ints = {10, 15, 24, 25, 30, 50})
    void partsAreAsLongAsPlaylistsPromise(int rate) {
        LiveOptions usual = LiveOptions.defaults();
        run.live(usual, run.clip("in.mp4", rate, "-an"), 5 * rate);
        long target = usual.longestPart().toNanos() / 1000;
        for (int i = 0; i + 1 < run.fragments.size(); i++) {
            boolean last = run.fragments.get(i + 1).startsSegment();
            assertThat(run.fragments.get(i).durationMicros())
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
}
