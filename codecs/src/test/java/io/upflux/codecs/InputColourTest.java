package io.upflux.codecs;

import static io.upflux.codecs.FfmpegPrograms.clip;
import static io.upflux.codecs.FfmpegPrograms.ffmpeg;
import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.Pictures.Picture;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What colour pictures are said to have, also behind filters and after a change. */
class InputColourTest extends SourceFrames {
    @Test
    void colourIsWhatTheStreamStates() {
        Path clip = clip(
                folder.resolve("hdr.mkv"),
                "testsrc2=size=48x32:rate=25:duration=1",
                "-vf",
                "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv",
                "-c:v",
                "ffv1");
        try (MediaSource source = MediaSource.open(clip.toString(), DEFAULTS, notices)) {
            ColourSpec colour = source.format().colour();
            assertThat(colour.primaries()).isEqualTo(9);
            assertThat(colour.transfer()).isEqualTo(16);
            assertThat(colour.matrix()).isEqualTo(ColourSpec.MATRIX_BT2020_NCL);
            assertThat(colour.range()).isEqualTo(ColourSpec.Range.LIMITED);
        }
    }

    @Test
    void filtersKeepWhereChromaLies() {
        Path woven = clip(
                folder.resolve("woven.ts"),
                "testsrc2=size=64x64:rate=25:duration=0.4",
                "-vf",
                "setfield=tff",
                "-flags",
                "+ilme+ildct",
                "-c:v",
                "mpeg2video");
        assertThat(Pictures.read(woven, DEFAULTS, notices)
                        .get(0)
                        .format()
                        .colour()
                        .siting())
                .isEqualTo(ChromaSiting.LEFT);
        Path plain = clip(folder.resolve("plain.mp4"), "testsrc2=size=64x48:rate=25:duration=0.2", "-c:v", "mpeg4");
        Path turned = folder.resolve("turned.mp4");
        ffmpeg("-display_rotation", "-90", "-i", plain.toString(), "-c", "copy", turned.toString());
        Picture upright =
                Pictures.read(turned, DEFAULTS.withRotatePixels(true), notices).get(0);
        assertThat(upright.format().colour().siting()).isEqualTo(ChromaSiting.TOP);
    }

    @Test
    void aChangeOfRangeInMidStreamIsUndone() throws IOException {
        Path limited = clip(
                folder.resolve("limited.ts"),
                "color=c=0x808080:size=64x48:rate=25:duration=0.4",
                "-vf",
                "scale=out_range=tv,format=yuv420p,setparams=range=tv",
                "-c:v",
                "libopenh264");
        Path full = clip(
                folder.resolve("full.ts"),
                "color=c=0x202020:size=64x48:rate=25:duration=0.4",
                "-vf",
                "scale=out_range=pc,format=yuv420p,setparams=range=pc",
                "-c:v",
                "libopenh264",
                "-bsf:v",
                "h264_metadata=video_full_range_flag=1",
                "-output_ts_offset",
                "0.4");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Files.readAllBytes(limited));
        both.writeBytes(Files.readAllBytes(full));
        List<Picture> pictures =
                Pictures.read(Files.write(folder.resolve("both.ts"), both.toByteArray()), DEFAULTS, notices);
        assertThat(pictures).hasSizeGreaterThan(15);
        Picture last = pictures.get(pictures.size() - 1);
        assertThat(last.format().colour().range()).isEqualTo(Range.LIMITED);
        // Grey 0x20 is 32 of 255, and so 16 + 32 * 219 / 255.
        assertThat(last.sample(0, 20, 20)).isBetween(42, 45);
        assertThat(notices.warnings).anyMatch(line -> line.contains("the picture changes from"));
    }

    /** No still picture's format says of grey that it is limited, and most have no place for saying what it is. */
    @ParameterizedTest
    @ValueSource(strings = {"pgm", "tif", "jp2", "pam", "bmp", "tga", "png"})
    void greyPicturesAreFullRange(String extension) {
        Path file = clip(
                folder.resolve("grey." + extension),
                "color=c=black:size=32x32:duration=0.04,format=gray,lutyuv=y=8",
                "-pix_fmt",
                "gray",
                "-frames:v",
                "1");
        Picture picture = Pictures.read(file, DEFAULTS, notices).get(0);
        assertThat(picture.format().colour().range()).isEqualTo(Range.FULL);
        assertThat(picture.sample(0, 5, 5)).isEqualTo(8);
    }

    @Test
    void greyVideoThatSaysNothingIsLimited() {
        Path clip = clip(
                folder.resolve("grey.nut"),
                "color=c=black:size=32x32:rate=25:duration=0.1,format=gray",
                "-c:v",
                "ffv1");
        assertThat(Pictures.read(clip, DEFAULTS, notices)
                        .get(0)
                        .format()
                        .colour()
                        .range())
                .isEqualTo(Range.LIMITED);
    }
}
