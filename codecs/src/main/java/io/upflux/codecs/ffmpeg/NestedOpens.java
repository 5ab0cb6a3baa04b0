package io.upflux.codecs.ffmpeg;

import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * What a playlist may lead FFmpeg to.
 *
 * <p>{@code protocol_whitelist} decides by protocol, but TLS needs {@code httpproxy} in it to pass a proxy, and demuxers take
 * that for one of the kinds of HTTP that playlists may name: one could make the process say CONNECT to any address. Nobody has
 * to name it, so nobody may.
 *
 * <p>A playlist of HLS may name others (RFC 8216, section 4.3.4), which may name others, or itself. FFmpeg opens them all, has no
 * bound for how many there are, and takes a time that grows with the square of it. So what lists name is counted until the input is
 * open, by looking into what is opened, which stays to be read; so are the representations of a DASH manifest's periods, of which
 * FFmpeg reads one.
 */
public final class NestedOpens implements AutoCloseable {
    /** What lists may name in all. */
    private static final int MOST = 1000;

    /** Length of all lists together that name others. */
    private static final int MOST_BYTES = 16 << 20;

    /** Length of a list of media: an event of a day in segments of 2 s takes a quarter of it. */
    private static final int MOST_MEDIA_BYTES = 64 << 20;

    private static final String IMF = "imf";

    private static final String PERSISTENT = "http_persistent";

    private static final String INTERNAL = "httpproxy:";

    private static final Pattern PLAYLIST = Pattern.compile("#EXTM3U");
    private static final Pattern NAMED = Pattern.compile("#EXT-X-(?:STREAM-INF|MEDIA):");

    /** The least that FFmpeg reads to find out what something is. */
    private static final int BEGINNING = 2048;

    private static final Map<Long, NestedOpens> BY_CONTEXT = new ConcurrentHashMap<>();

    /** JavaCPP has room for ten callbacks of a type, so there is one for the whole process. */
    private static final Checked CHECKED = new Checked(usual());

    private long address;
    private String persistent = "";
    private boolean open;
    private int named;
    private long bytes;
    private @Nullable String refusal;

    /**
     * To be called before a context is opened.
     *
     * @param options that it is opened with: until then HLS is to make a connection for each list, for over one that stays it
     *     asks for further lists unseen
     */
    public void watch(AVFormatContext context, AvOptions options) {
        persistent = options.entries().getOrDefault(PERSISTENT, "1");
        options.set(PERSISTENT, "0");
        address = context.address();
        BY_CONTEXT.put(address, this);
        context.io_open(CHECKED);
    }

    /**
     * Looks into an input that FFmpeg does not open itself.
     *
     * @return whether it may be read
     */
    public boolean look(AVIOContext input) {
        return mayRead(input, false);
    }

    /** From now on as much may be opened as its packets lie in. */
    public void inputIsOpen(AVFormatContext context) {
        open = true;
        // Other formats do not know it.
        avutil.av_opt_set(context, PERSISTENT, persistent, avutil.AV_OPT_SEARCH_CHILDREN);
    }

    /** What was too much, for a message that begins with the input's name; null when nothing was. */
    public @Nullable String refusal() {
        return refusal;
    }

    /** To be called after the context is freed. */
    @Override
    public void close() {
        // Another context may lie there by now.
        BY_CONTEXT.remove(address, this);
    }

    /** Whether what was opened may be read. */
    private boolean mayRead(AVIOContext io, boolean assetMap) {
        Latin1 beginning = peek(io, BEGINNING);
        if (assetMap) {
            readManifest(peek(io, MOST_BYTES));
        } else if (PLAYLIST.matcher(beginning).lookingAt()) {
            readPlaylist(peek(io, MOST_MEDIA_BYTES));
        } else if (Manifest.mayBegin(beginning)) {
            Latin1 text = peek(io, MOST_BYTES);
            if (Manifest.is(text)) {
                readManifest(text);
            }
        }
        return refusal == null;
    }

    private void readPlaylist(Latin1 list) {
        int lists = 0;
        Matcher matcher = NAMED.matcher(list);
        while (matcher.find()) {
            lists++;
        }
        if (lists > 0) {
            if (fits(list)) {
                count(lists);
            }
        } else if (list.length() >= MOST_MEDIA_BYTES) {
            refusal = "leads to a playlist of more than " + (MOST_MEDIA_BYTES >> 20) + " MiB, and no more is read";
        }
    }

    private void readManifest(Latin1 text) {
        if (!fits(text)) {
            return;
        }
        try {
            count(Manifest.representations(text));
        } catch (StreamException e) {
            refusal = e.getMessage();
        }
    }

    private boolean fits(Latin1 list) {
        bytes += list.length();
        if (bytes >= MOST_BYTES) {
            refusal = "leads to playlists of more than " + (MOST_BYTES >> 20) + " MiB, and no more is read";
        }
        return refusal == null;
    }

    private void count(int names) {
        named += names;
        if (named > MOST) {
            refusal = "leads to more than " + MOST + " playlists or representations, and no more are followed";
        }
    }

    /**
     * Whether this may be a list: the input itself, what HLS opens until it has seen all lists and makes programs of them, or the asset
     * maps that IMF opens, which leaves what they name to contexts of their own.
     */
    private static boolean mayBeList(AVFormatContext context) {
        String format = format(context);
        return format == null || IMF.equals(format) || ("hls".equals(format) && context.nb_programs() == 0);
    }

    /** Null until that of the input is known. */
    private static @Nullable String format(AVFormatContext context) {
        AVInputFormat format = context.iformat();
        return format == null ? null : Av.string(format.name());
    }

    /**
     * The first bytes, or all if there are fewer: valid until {@code io} is read. FFmpeg's search for a format that begins behind
     * them puts them back.
     */
    private static Latin1 peek(AVIOContext io, int most) {
        try (PointerPointer<AVInputFormat> none = new PointerPointer<>(1)) {
            none.put(0, (Pointer) null);
            avformat.av_probe_input_buffer2(io, none, new BytePointer(), null, most - 1, most);
        }
        BytePointer first = io.buf_ptr();
        long length = Math.min(most, io.buf_end().address() - first.address());
        return new Latin1(
                length == 0
                        ? ByteBuffer.allocate(0)
                        : first.capacity(first.position() + length).asByteBuffer());
    }

    private static AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual() {
        AVFormatContext context = Av.allocated(avformat.avformat_alloc_context(), "context");
        try {
            return context.io_open();
        } finally {
            avformat.avformat_free_context(context);
        }
    }

    private static final class Checked
            extends AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer {
        private final AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual;

        Checked(AVFormatContext.Io_open_AVFormatContext_PointerPointer_BytePointer_int_PointerPointer usual) {
            this.usual = usual;
        }

        @Override
        public int call(
                AVFormatContext context,
                @SuppressWarnings("rawtypes") PointerPointer io,
                BytePointer url,
                int flags,
                @SuppressWarnings("rawtypes") PointerPointer options) {
            NestedOpens owner = BY_CONTEXT.get(context.address());
            if (url.getString().contains(INTERNAL) || (owner != null && owner.refusal != null)) {
                return avutil.AVERROR_PROTOCOL_NOT_FOUND;
            }
            int code = usual.call(context, io, url, flags, options);
            if (code >= 0 && owner != null && !owner.open && mayBeList(context)) {
                AVIOContext opened = new AVIOContext(io.get(0));
                int refused = refused(owner, opened, IMF.equals(format(context)));
                if (refused < 0) {
                    avformat.avio_close(opened);
                    io.put(0, (Pointer) null);
                    return refused;
                }
            }
            return code;
        }

        /** FFmpeg's frames lie below, through which nothing may be thrown. */
        private static int refused(NestedOpens owner, AVIOContext opened, boolean assetMap) {
            try {
                return owner.mayRead(opened, assetMap) ? 0 : avutil.AVERROR_INVALIDDATA;
            } catch (OutOfMemoryError e) {
                owner.refusal = "leads to a list for which memory does not suffice";
                return avutil.AVERROR_ENOMEM();
            } catch (Throwable e) {
                owner.refusal = "leads to a list that cannot be looked into: " + e;
                return avutil.AVERROR_EXTERNAL;
            }
        }
    }
}
