package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Collected;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What players do to the pictures: turn, flip, let through what is behind. */
class CarriedDisplayTest {
    @TempDir
    Path folder;

    private final Collected notices = new Collected();

    @ParameterizedTest
    @ValueSource(strings = {"out.mp4", "out.mov", "out.mkv"})
    void keepsTheTurn(String name) {
        Path flat = folder.resolve("flat.mp4");
        Film.make(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_rotation:v:0", 90, "-i", flat, "-c", "copy", in);
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(Programs.ffprobe(out, "-select_streams", "v:0", "-show_entries", "stream_side_data=rotation"))
                .containsExactly("90");
    }

    @ParameterizedTest
    @CsvSource({
        "out.mp4, 0,   -display_vflip",
        "out.mov, 0,   -display_hflip",
        "out.mkv, 0,   -display_vflip",
        "out.mp4, 90,  -display_hflip",
        "out.mkv, 180, -display_vflip",
    })
    void keepsTheFlip(String name, int degrees, String flip) {
        Path flat = folder.resolve("flat.mp4");
        Film.make(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_rotation:v:0", degrees, flip + ":v:0", "-i", flat, "-c", "copy", in);
        Path out = folder.resolve(name);

        Remux.run(in, out, notices);

        assertThat(displayMatrix(in)).isNotEqualTo(displayMatrix(flat));
        assertThat(displayMatrix(out)).isEqualTo(displayMatrix(in));
    }

    @Test
    void keepsNoFlipThatThePixelsHaveHad() {
        Path flat = folder.resolve("flat.mp4");
        Film.make(flat);
        Path in = folder.resolve("in.mp4");
        Programs.ffmpeg("-display_vflip:v:0", "-i", flat, "-c", "copy", in);
        Path out = folder.resolve("out.mp4");

        Remux.run(in, out, InputOptions.defaults().withRotatePixels(true), notices);

        assertThat(displayMatrix(in)).isNotEmpty();
        assertThat(displayMatrix(out)).isEmpty();
    }

    private static List<String> displayMatrix(Path file) {
        return Programs.ffprobe(file, "-select_streams", "v:0", "-show_entries", "stream_side_data=displaymatrix");
    }

    /** The alpha of VP9 is a second stream beside the packets, which FFmpeg's own decoder passes over. */
    @ParameterizedTest
    @ValueSource(strings = {"out.webm", "out.mkv"})
    void keepsTheTransparencyOfVp9(String to) {
        Path in = folder.resolve("in.webm");
        Path out = folder.resolve(to);
        Programs.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=64x48:r=25:d=0.4,format=yuva420p,geq=lum='lum(X,Y)':a='4*X'",
                "-c:v",
                "libvpx-vp9",
                in);

        Remux.run(in, out, notices);

        assertThat(notices.warnings).isEmpty();
        assertThat(notices.infos).containsExactly("encoder libvpx-vp9, yuv420p+alpha");
        try (MediaSource again = MediaSource.open(out.toString(), InputOptions.defaults(), notices)) {
            assertThat(again.format().layout()).hasToString("yuv420p+alpha");
        }
    }

    /** Captions for screens that show them lie in SEI messages (ATSC A/53) of the video. */
    @Test
    void saysThatClosedCaptionsAreLost() throws IOException {
        Path plain = folder.resolve("plain.h264");
        Programs.ffmpeg("-f", "lavfi", "-i", "testsrc=s=48x40:r=25:d=0.2", "-c:v", "libopenh264", plain);
        String stream = Files.readString(plain, StandardCharsets.ISO_8859_1);
        String captions = "\0\0\1\6\4\16\u00b5\0\61GA94\3\101\u00ff\u00fc\u0080\u0080\u00ff\u0080";
        Path in = folder.resolve("in.h264");
        Files.writeString(in, stream.replaceFirst("(?s)\0\0\0?\1e", captions + "$0"), StandardCharsets.ISO_8859_1);

        Remux.run(in, folder.resolve("out.mkv"), notices);

        assertThat(notices.warnings).containsExactly("closed captions inside the video are dropped");
    }
}
