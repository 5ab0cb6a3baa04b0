package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that lack what most have, as presentation times or an order of streams: all pass the check. */
class OutputContainersTest {
    private static final int FRAMES = 25;

    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"avi", "flv", "wmv", "h264", "ivf", "y4m", "mpg", "vob", "ogv", "mxf", "nut", "3gp"})
    void eachHoldsAllPictures(String extension) {
        Path output = folder.resolve("out." + extension);

        assertThat(streams.upflux("upscale", clip(), "-o", output, "-n", "bicubic-x2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains(FRAMES + " frames");
        assertThat(frames(output)).isEqualTo(FRAMES);
    }

    /** FLV has its streams in the order of their first packets, and MP3 none that precedes the pictures' header. */
    @Test
    void streamsMayChangePlaces() {
        Path clip = folder.resolve("clip.flv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:duration=1:rate=25",
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "flv1",
                "-c:a",
                "libmp3lame",
                clip.toString());
        Path output = folder.resolve("out.flv");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2"))
                .describedAs(streams.err())
                .isZero();
    }

    /** AVI counts sound in blocks of bytes, by which packets of AC-3 and MP3 lost their times. */
    @ParameterizedTest
    @ValueSource(strings = {"ac3", "libmp3lame"})
    void soundKeepsItsTimesFromAviToAvi(String codec) {
        Path clip = folder.resolve("clip.avi");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:duration=2:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-c:v",
                "mpeg4",
                "-c:a",
                codec,
                clip.toString());
        Path output = folder.resolve("out.avi");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(FfmpegPrograms.times(output, "a")).isEqualTo(FfmpegPrograms.times(clip, "a"));
    }

    @Test
    void transparencyThatIsLostIsSaidAndNotClaimed() {
        Path clip = folder.resolve("clip.webm");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:duration=0.4:rate=25,format=yuva420p",
                "-c:v",
                "libvpx-vp9",
                clip.toString());
        Path output = folder.resolve("out.webm");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic-x2", "--video-codec", "libsvtav1"))
                .describedAs(streams.err())
                .isZero();

        assertThat(streams.err()).contains("warning: encoder libsvtav1: transparency is dropped");
        assertThat(FfmpegPrograms.ffprobe("-v", "error", "-show_entries", "stream_tags", output.toString()))
                .contains("TAG:DURATION")
                .doesNotContainIgnoringCase("alpha_mode");
    }

    private Path clip() {
        Path clip = folder.resolve("clip.mkv");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1:sample_rate=48000",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:duration=1:rate=25",
                "-c:v",
                "mpeg4",
                "-c:a",
                "mp2",
                clip.toString());
        return clip;
    }

    private static int frames(Path file) {
        String count = FfmpegPrograms.ffprobe(
                "-v",
                "error",
                "-count_frames",
                "-select_streams",
                "v",
                "-show_entries",
                "stream=nb_read_frames",
                "-of",
                "csv=p=0",
                file.toString());
        return Integer.parseInt(count.strip().split("\\D+")[0]);
    }
}
