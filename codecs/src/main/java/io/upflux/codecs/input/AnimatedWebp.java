package io.upflux.codecs.input;

import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.global.avformat;

/** Animated WebP, of whose pictures FFmpeg decodes none. */
final class AnimatedWebp {
    /** Where the first chunk lies; behind it its name, its size and its flags (WebP Container Specification). */
    private static final long FIRST_CHUNK = 12;

    private static final int VP8X = 0x56503858;
    private static final int SIZE_BYTES = 4;
    private static final int ANIMATION = 2;

    private AnimatedWebp() {}

    /**
     * To be called when nothing could be decoded; afterwards nothing can be read.
     *
     * @throws StreamException when that is because the input is one
     */
    static void refuse(Demuxer demuxer) {
        if (is(demuxer)) {
            throw new StreamException(demuxer.name() + ": is an animated WebP, which FFmpeg cannot read");
        }
    }

    private static boolean is(Demuxer demuxer) {
        AVIOContext io = demuxer.context().pb();
        if (!demuxer.formatName().equals("webp_pipe")
                || avformat.avio_seek(io, FIRST_CHUNK, 0) != FIRST_CHUNK
                || avformat.avio_rb32(io) != VP8X) {
            return false;
        }
        avformat.avio_skip(io, SIZE_BYTES);
        return (avformat.avio_r8(io) & ANIMATION) != 0;
    }
}
