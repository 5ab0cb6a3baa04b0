package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large pictures are, of which a video or its container may cut some. */
class InputSizeTest {
    private static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @Test
    void whatTheVideoCutsAtTheLeftIsCutExactly() {
        Path whole =
                clip(folder.resolve("whole.mp4"), "testsrc2=size=64x64:rate=25:duration=0.2", "-c:v", "libopenh264");
        Path cut = folder.resolve("cut.mp4");
        ffmpeg(
                "-i",
                whole.toString(),
                "-c",
                "copy",
                "-bsf:v",
                "h264_metadata=crop_left=6:crop_top=2:crop_right=4",
                cut.toString());
        Picture all = Pictures.read(whole, DEFAULTS, notices).get(0);
        Picture part = Pictures.read(cut, DEFAULTS, notices).get(0);
        assertThat(part.format().width()).isEqualTo(54);
        assertThat(part.format().height()).isEqualTo(62);
        IntStream.range(0, 54).forEach(x -> assertThat(part.sample(0, x, 0)).isEqualTo(all.sample(0, x + 6, 2)));
        IntStream.range(0, 27).forEach(x -> assertThat(part.sample(1, x, 0)).isEqualTo(all.sample(1, x + 3, 1)));
    }

    @Test
    void whatTheContainerCutsIsCut() throws IOException {
        Path whole = clip(
                folder.resolve("whole.mkv"),
                "testsrc2=size=64x64:rate=25:duration=0.2",
                "-c:v",
                "ffv1",
                "-vf",
                "setsar=2");
        byte[] bytes = Files.readAllBytes(whole);
        // DisplayWidth (54 B0) gives way to PixelCropLeft (54 CC) = 8: RFC 9559, 5.1.4.1.28.
        int at = indexOf(bytes, new byte[] {0x54, (byte) 0xb0, (byte) 0x81, 2});
        assertThat(at).isPositive();
        bytes[at + 1] = (byte) 0xcc;
        bytes[at + 3] = 8;
        Path cut = Files.write(folder.resolve("cut.mkv"), bytes);
        Picture all = Pictures.read(whole, DEFAULTS, notices).get(0);
        Picture part = Pictures.read(cut, DEFAULTS, notices).get(0);
        assertThat(part.format().width()).isEqualTo(56);
        IntStream.range(0, 56).forEach(x -> assertThat(part.sample(0, x, 5)).isEqualTo(all.sample(0, x + 8, 5)));
    }

    private static int indexOf(byte[] bytes, byte[] pattern) {
        for (int i = 0; i + pattern.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i;
            }
        }
        return -1;
    }
}
