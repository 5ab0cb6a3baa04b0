package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** VP8 and VP9 whose alpha is a second video beside the first, against libvpx, and beyond what is taken. */
class TransparentVideoTest {
    private static final int PICTURES = 8;
    private static final InputLimits FEW_PIXELS = InputLimits.USUAL.withPixels(64 * 48);

    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @CsvSource({
        "libvpx, 1",
        "libvpx, 100",
        "libvpx-vp9, 1",
        "libvpx-vp9, 100",
    })
    void picturesAndTheirAlphaAreThoseOfLibvpx(String codec, int keys) throws IOException {
        Path file = clip("clip.webm", "320x180", codec, keys);
        Path raw = folder.resolve("raw");
        ffmpeg("-c:v", codec, "-i", file.toString(), "-pix_fmt", "yuva420p", "-f", "rawvideo", raw.toString());
        List<Picture> pictures = Pictures.read(file, InputOptions.defaults(), notices);
        assertThat(pictures).hasSize(PICTURES);
        assertThat(Arrays.mismatch(joined(pictures), Files.readAllBytes(raw))).isEqualTo(-1);
        assertThat(notices.warnings).isEmpty();
    }

    @Test
    void decodingGoesOnAfterASeek() {
        Path file = clip("clip.webm", "64x48", "libvpx-vp9", 4);
        List<Picture> all = Pictures.read(file, InputOptions.defaults(), notices);
        InputOptions later = InputOptions.defaults().withStart(Duration.ofMillis(40 * (PICTURES - 2)));
        byte[] end = joined(all.subList(PICTURES - 2, PICTURES));
        assertThat(Arrays.mismatch(joined(Pictures.read(file, later, notices)), end))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libvpx", "libvpx-vp9"})
    void laterPicturesThatAreTooLargeAreSkipped(String codec) throws IOException {
        clip("small.webm", "64x48", codec, 1);
        clip("large.webm", "1280x880", codec, 1);
        clip("other.webm", "80x48", codec, 1);
        Path list = Files.writeString(
                folder.resolve("list"), "ffconcat version 1.0\nfile small.webm\nfile large.webm\nfile other.webm\n");
        Path mixed = folder.resolve("mixed.webm");
        ffmpeg("-f", "concat", "-i", list.toString(), "-c", "copy", mixed.toString());
        assertThat(Pictures.read(mixed, InputOptions.defaults().withLimits(FEW_PIXELS), notices))
                .hasSize(2 * PICTURES)
                .allMatch(picture -> picture.format().width() == 64);
        assertThat(notices.warnings).contains(mixed + ": 8 damaged packet(s) or frame(s), skipped or concealed");
    }

    /** By the header of a key frame of VP8 (RFC 6386, section 9.1). */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void onePictureOrAlphaThatClaimsToBeLargerIsSkipped(int which) throws IOException {
        Path file = clip("clip.webm", "64x48", "libvpx", 1);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < bytes.limit() - 10; i++) {
            if (bytes.getInt(i) == 0x402a019d && bytes.getInt(i + 3) == (48 << 16 | 64)) {
                sizes.add(i + 3);
            }
        }
        assertThat(sizes).as("pictures, and their alpha").hasSize(2 * PICTURES);
        bytes.putShort(sizes.get(6 + which), (short) 16383).putShort(sizes.get(6 + which) + 2, (short) 16383);
        Files.write(file, bytes.array());
        assertThat(Pictures.read(file, InputOptions.defaults().withLimits(FEW_PIXELS), notices))
                .hasSize(PICTURES - 1)
                .allMatch(picture -> picture.format().layout().alpha());
        assertThat(notices.warnings).containsExactly(file + ": 1 damaged packet(s) or frame(s), skipped or concealed");
    }

    private Path clip(String name, String size, String codec, int keys) {
        Path file = folder.resolve(name);
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=" + size + ":rate=25,format=yuva420p,geq=lum='lum(X,Y)':a='4*X'",
                "-frames:v",
                String.valueOf(PICTURES),
                "-c:v",
                codec,
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-auto-alt-ref",
                "0",
                "-g",
                String.valueOf(keys),
                file.toString());
        return file;
    }

    private static byte[] joined(List<Picture> pictures) {
        int length = pictures.stream()
                .flatMap(picture -> picture.samples().stream())
                .mapToInt(plane -> plane.length)
                .sum();
        ByteBuffer all = ByteBuffer.allocate(length);
        pictures.forEach(picture -> picture.samples().forEach(all::put));
        return all.array();
    }
}
