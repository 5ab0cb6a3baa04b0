package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that are damaged anywhere, or cut off. */
class DamagedFilesTest extends SourceFrames {
    @Test
    void aTruncatedFileGivesWhatItHasAndSaysSo() throws IOException {
        Path whole = folder.resolve("whole.mkv");
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4", "-c:v", "mpeg4", whole.toString());
        Path cut = folder.resolve("cut.mkv");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        List<VideoFrame> frames = read(cut, DEFAULTS);
        assertThat(frames.size()).isBetween(20, 80);
        assertThat(notices.warnings).anyMatch(line -> line.contains("cut off"));
        frames.forEach(VideoFrame::close);
    }

    @Test
    void damagedPicturesAreCounted() throws IOException {
        Path clip = folder.resolve("damaged.ts");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=160x120:rate=25:duration=2",
                "-c:v",
                "libopenh264",
                "-b:v",
                "1M",
                clip.toString());
        byte[] bytes = Files.readAllBytes(clip);
        for (int i = bytes.length / 3; i < bytes.length / 2; i += 97) {
            bytes[i] ^= 0x55;
        }
        Files.write(clip, bytes);
        List<VideoFrame> frames = read(clip, DEFAULTS);
        assertThat(frames).hasSizeGreaterThan(10);
        assertThat(notices.warnings).anyMatch(line -> line.matches(".*: \\d+ damaged packet.*"));
        frames.forEach(VideoFrame::close);
    }
}
