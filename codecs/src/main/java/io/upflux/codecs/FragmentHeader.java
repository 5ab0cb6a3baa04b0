package io.upflux.codecs;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a player must know before the first {@link Fragment}.
 *
 * @param videoCodec as RFC 6381 writes it, such as {@code avc1.640028}
 * @param audioCodec likewise; null when there is no sound
 * @param width of the encoded pictures
 * @param height of the encoded pictures
 * @param frameRate nominal, 0 when unknown
 * @param init the beginning of an MP4 file (ftyp, moov), which its fragments follow; MPEG-TS has none
 */
public record FragmentHeader(
        String videoCodec, @Nullable String audioCodec, int width, int height, double frameRate, ByteBuffer init) {
    public FragmentHeader {
        init = init.asReadOnlyBuffer();
    }

    /** Value of a {@code CODECS} attribute. */
    public String codecs() {
        return audioCodec == null ? videoCodec : videoCodec + "," + audioCodec;
    }
}
