package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code --start} gives the frames that a whole read gives from there on, whatever the container knows of key frames,
 * or an error where there are none.
 */
class SeekTest extends SourceFrames {
    private static final Duration LENGTH = Duration.ofMillis(320);

    @ParameterizedTest
    @CsvSource({
        "clip.mp4, mpeg4, 2",
        "clip.mkv, mpeg4, 2",
        "clip.avi, mpeg4, 0",
        "clip.ts, mpeg2video, 2",
        "clip.ts, mpeg4, 0",
        "clip.mpg, mpeg2video, 2",
        "clip.m2v, mpeg2video, 2",
        "clip.h264, libopenh264, 0",
        "clip.nut, ffv1, 0",
        "clip.mkv, libvpx-vp9, 0",
    })
    void startIsExact(String name, String codec, String betweenReferences) {
        Path clip = folder.resolve(name);
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=25:duration=6",
                "-c:v",
                codec,
                "-g",
                "40",
                "-bf",
                betweenReferences,
                clip.toString());
        List<Picture> all = Pictures.read(clip, DEFAULTS, notices);
        assertThat(all).hasSize(150);
        double base = all.get(0).format().timeBase().toDouble();
        long origin;
        try (MediaSource source = MediaSource.open(clip.toString(), DEFAULTS, notices)) {
            origin = source.carriage().startMicros();
        }
        for (long millis : new long[] {0, 1580, 1600, 1640, 3190, 3210, 4790, 5600}) {
            double from = origin / 1e6 + millis / 1e3 - 1e-4;
            List<Picture> expected = all.stream()
                    .filter(p -> p.pts() * base >= from && p.pts() * base < from + LENGTH.toMillis() / 1e3)
                    .toList();
            List<Picture> part = Pictures.read(
                    clip, DEFAULTS.withStart(Duration.ofMillis(millis)).withDuration(LENGTH), notices);
            assertThat(part.stream().map(Picture::pts))
                    .as("start %d ms", millis)
                    .isEqualTo(expected.stream().map(Picture::pts).toList());
            for (int i = 0; i < part.size(); i++) {
                assertThat(part.get(i).samples().get(0))
                        .as("start %d ms, frame %d", millis, i)
                        .isEqualTo(expected.get(i).samples().get(0));
            }
        }
    }

    @Test
    void startAndDurationAreExactToTheFrame() {
        Path clip = folder.resolve("long.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x64:rate=25:duration=4",
                "-c:v",
                "mpeg4",
                "-g",
                "50",
                "-bf",
                "2",
                clip.toString());
        List<VideoFrame> all = read(clip, DEFAULTS);
        List<VideoFrame> part =
                read(clip, DEFAULTS.withStart(Duration.ofMillis(2360)).withDuration(Duration.ofMillis(400)));
        assertThat(part).hasSize(10);
        assertThat(part.get(0).pts()).isEqualTo(all.get(59).pts());
        assertThat(bytes(part)).isEqualTo(bytes(all.subList(59, 69)));
        all.forEach(VideoFrame::close);
        part.forEach(VideoFrame::close);
    }

    @Test
    void rangeBehindTheEndIsSaid() {
        Path clip = clip(folder.resolve("short.mp4"), "testsrc2=size=48x32:rate=25:duration=1", "-c:v", "mpeg4");
        assertThatThrownBy(() -> read(clip, DEFAULTS.withStart(Duration.ofSeconds(60))))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("no decodable video frame in the range asked for");
    }
}
