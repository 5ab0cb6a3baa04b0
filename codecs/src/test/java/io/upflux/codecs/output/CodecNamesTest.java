package io.upflux.codecs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations written by hand; {@code LiveOutputTest} asks encoders. */
class CodecNamesTest {
    /** Those of HEVC with the examples of ISO 14496-15, annex E.3. */
    @ParameterizedTest
    @CsvSource({
        "avc1, avcC, 01640028ffe1, avc1.640028",
        "hvc1, hvcC, 010160000000b000000000005d, hvc1.1.6.L93.b0",
        "hev1, hvcC, 01a2200000000000000000005d, hev1.B2.4.H93",
        "hvc1, hvcC, 010220000000900000000000ba, hvc1.2.4.L186.90",
        "av01, av1C, 81080c00, av01.0.08M.08",
        "av01, av1C, 810dcc00, av01.0.13H.10",
        "av01, av1C, 8151ec00, av01.2.17H.12",
        "vp09, vpcC, 01000000021fa0, vp09.02.31.10",
        "mp4v, esds, 00, mp4v",
    })
    void videoIsNamedByItsConfiguration(String kind, String box, String configuration, String name) {
        assertThat(CodecNames.video(movie(kind, box, HexFormat.of().parseHex(configuration))))
                .isEqualTo(name);
    }

    @Test
    void aMovieWithoutTheConfigurationIsRefused() {
        assertThatThrownBy(() -> CodecNames.video(movie("avc1", "hvcC", new byte[13])))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("avcC");
    }

    private static ByteBuffer movie(String kind, String box, byte[] configuration) {
        byte[] entry = box(kind, join(new byte[78], box("btrt", new byte[12]), box(box, configuration)));
        byte[] table = box("stsd", join(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, entry));
        byte[] media = box("mdia", join(box("mdhd", new byte[24]), box("minf", box("stbl", table))));
        byte[] movie =
                box("moov", join(box("mvhd", new byte[100]), box("trak", join(box("tkhd", new byte[84]), media))));
        return ByteBuffer.wrap(join(box("ftyp", new byte[16]), movie));
    }

    private static byte[] box(String kind, byte[] content) {
        ByteBuffer box = ByteBuffer.allocate(8 + content.length);
        return box.putInt(box.capacity())
                .put(kind.getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
