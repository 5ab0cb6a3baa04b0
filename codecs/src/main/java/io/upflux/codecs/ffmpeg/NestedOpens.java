package io.upflux.codecs.ffmpeg;

import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What a playlist may lead FFmpeg to. {@code protocol_whitelist} decides by protocol, but TLS needs {@code httpproxy} in
 * it to pass a proxy, and demuxers take that for one of the kinds of HTTP that playlists may name: one could make the
 * process say CONNECT to any address. Nobody has to name it, so nobody may.
 */
public final class NestedOpens
        extends AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer {
    private static final String INTERNAL = "httpproxy:";

    /** JavaCPP has room for ten callbacks of a type, so there is one for the whole process. */
    private static final NestedOpens CHECKED = new NestedOpens(usual());

    private final AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual;

    private NestedOpens(AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual) {
        this.usual = usual;
    }

    /** To be called before the context is opened. */
    public static void check(AVFormatContext context) {
        context.io_open(CHECKED);
    }

    @Override
    public int call(
            AVFormatContext context,
            @SuppressWarnings("rawtypes") PointerPointer io,
            BytePointer url,
            int flags,
            @SuppressWarnings("rawtypes") PointerPointer options) {
        return url.getString().contains(INTERNAL)
                ? avutil.AVERROR_PROTOCOL_NOT_FOUND
                : usual.call(context, io, url, flags, options);
    }

    private static AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual() {
        AVFormatContext context = Av.allocated(avformat.avformat_alloc_context(), "context");
        try {
            return context.io_open();
        } finally {
            avformat.avformat_free_context(context);
        }
    }
}
