package io.upflux.server.cli;

import static io.upflux.server.cli.TestMedia.HEIGHT;
import static io.upflux.server.cli.TestMedia.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.FfmpegPrograms;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of a clip: its size, its part, its sound, and pictures of it. */
class UpscaleCommandTest {
    private final Streams streams = new Streams();

    @TempDir
    private Path folder;

    @Test
    void aClipBecomesTwiceAsLarge() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = folder.resolve("out.mkv");

        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic", "-s", "2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(output).width()).isEqualTo(2 * WIDTH);
        assertThat(TestMedia.format(output).height()).isEqualTo(2 * HEIGHT);
        assertThat(streams.out()).isEmpty();
        assertThat(streams.err()).contains("clip.mp4 -> " + output + ": 6 frames", "bicubic-x2");
    }

    @Test
    void heightIsReachedExactly() {
        Path clip = TestMedia.clip(folder.resolve("clip.mp4"));
        Path output = folder.resolve("out.mp4");
        assertThat(streams.upflux("upscale", clip, "-o", output, "-n", "bicubic", "--height", 120))
                .describedAs(streams.err())
                .isZero();
        assertThat(TestMedia.format(output).height()).isEqualTo(120);
        assertThat(TestMedia.format(output).width()).isEqualTo(160);
        assertThat(streams.err()).contains("bicubic-x3");
    }

    @Test
    void aPartOfAClip() {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), WIDTH, HEIGHT, 50); // two seconds
        assertThat(streams.upflux(
                        "upscale",
                        clip,
                        "-o",
                        folder.resolve("part.mp4"),
                        "-n",
                        "bicubic-x2",
                        "--start",
                        "0.4",
                        "--duration",
                        "0:01",
                        "--json",
                        "--no-progress"))
                .isZero();
        assertThat(streams.json().get(0).get("frames").asInt()).isEqualTo(25);
    }

    @Test
    void aPictureOfAVideoIsThatOfTheTimeAskedFor() {
        Path clip = TestMedia.write(folder.resolve("clip.mp4"), WIDTH, HEIGHT, 50); // two seconds
        Path picture = folder.resolve("a.png");
        assertThat(streams.upflux("upscale", clip, "-o", picture, "-n", "bicubic-x2", "--start", "0.4"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains(picture + ": 1 frame");
        Path numbered = folder.resolve("n%d.png");
        streams.upflux("upscale", clip, "-o", numbered, "-n", "bicubic-x2", "--start", "0.4", "--duration", "0.08");
        assertThat(picture).hasSameBinaryContentAs(folder.resolve("n1.png"));
    }

    @Test
    void numberedPicturesBecomeAVideoButNeverThemselves() {
        Path pattern = folder.resolve("shot%d.png");
        TestMedia.clip(pattern);
        Path output = folder.resolve("out.mp4");

        assertThat(streams.upflux("upscale", pattern, "-o", output, "-n", "bicubic-x2"))
                .describedAs(streams.err())
                .isZero();
        assertThat(streams.err()).contains(output + ": 6 frames");
        assertThat(streams.upflux("upscale", pattern, "-o", pattern, "-n", "bicubic-x2", "--overwrite"))
                .isEqualTo(1);
        assertThat(streams.err()).contains(pattern + ": is the input itself");
    }

    /** Transport streams do not hide what an encoder puts before the first sample, here with as many packets as the source has. */
    @Test
    void soundThatIsEncodedAnewIsAsGood() {
        Path clip = folder.resolve("clip.mov");
        FfmpegPrograms.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=64x48:rate=12:duration=2",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-c:v",
                "mjpeg",
                "-pix_fmt",
                "yuvj420p",
                "-c:a",
                "adpcm_ima_qt",
                clip.toString());
        int exit = streams.upflux(
                "upscale", clip, "-o", folder.resolve("out.ts"), "-n", "bicubic-x2", "--duration", "0.3");
        assertThat(exit).describedAs(streams.err()).isZero();
        assertThat(streams.err()).contains("audio stream 1 (adpcm_ima_qt) is converted to aac");
    }
}
