package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds no video that can be read; covers are pictures, and no video. */
class RefusedInputsTest extends SourceFrames {
    @Test
    void badInputsAreOneClearLineEach() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "Dear diary,\nnothing moved today.\n".repeat(50));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        Path noise = Files.write(folder.resolve("noise.mp4"), new byte[50_000]);
        Path sound = folder.resolve("sound.m4a");
        ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", sound.toString());
        Path headless = folder.resolve("headless.mp4");
        byte[] whole = Files.readAllBytes(
                clip(folder.resolve("whole.mp4"), "testsrc2=size=48x32:rate=25:duration=1", "-c:v", "mpeg4"));
        Files.write(headless, Arrays.copyOf(whole, whole.length / 3));
        assertRefused(folder.resolve("missing.mp4"), "no such file");
        assertRefused(folder, "is a folder");
        assertRefused(empty, "the file is empty");
        assertRefused(text, "not a media file");
        assertRefused(noise, "not a media file");
        assertRefused(headless, "not a media file, or damaged beyond reading");
        assertRefused(sound, "has sound but no video");
    }

    private void assertRefused(Path file, String why) {
        assertThatThrownBy(() ->
                        MediaSource.open(file.toString(), DEFAULTS, notices).close())
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    @Test
    void anAnimatedWebpIsNamed() {
        Path clip =
                clip(folder.resolve("moving.webp"), "testsrc2=size=64x48:rate=5:duration=1", "-c:v", "libwebp_anim");
        assertThatThrownBy(() -> Pictures.read(clip, DEFAULTS, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(clip + ": is an animated WebP, which FFmpeg cannot read");
    }

    @Test
    void coverArtIsNoVideo() {
        Path cover = clip(folder.resolve("cover.png"), "testsrc2=size=640x480:rate=1:duration=1");
        Path song = folder.resolve("song.mp3");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-i",
                cover.toString(),
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "copy",
                "-disposition:v",
                "attached_pic",
                "-id3v2_version",
                "3",
                song.toString());
        assertThatThrownBy(() -> MediaSource.open(song.toString(), DEFAULTS, notices))
                .isInstanceOf(StreamException.class)
                .hasMessage(song + ": has sound but no video");
        Path film = folder.resolve("film.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=25:duration=1",
                "-i",
                cover.toString(),
                "-map",
                "1",
                "-map",
                "0",
                "-c:v:0",
                "copy",
                "-disposition:v:0",
                "attached_pic",
                "-c:v:1",
                "mpeg4",
                film.toString());
        List<Picture> pictures = Pictures.read(film, DEFAULTS, notices);
        assertThat(pictures).hasSize(25);
        assertThat(pictures.get(0).format().width()).isEqualTo(64);
        try (MediaSource source = MediaSource.open(film.toString(), DEFAULTS, notices)) {
            assertThat(source.carriage().packets()).isEmpty();
        }
    }
}
