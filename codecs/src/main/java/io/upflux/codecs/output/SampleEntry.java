package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avformat.av_codec_get_id;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;

/**
 * How MP4 describes a video stream: what its kind is, and the decoder's configuration (ISO 14496-12, section 8.5.2).
 *
 * @param kind of four characters, such as {@code avc1}
 * @param boxes that follow the fields of every visual sample entry
 */
record SampleEntry(String kind, ByteBuffer boxes) {
    /** Of HEVC whose parameter sets are told ahead; Apple's players take no other. */
    private static final int HVC1 = 'h' | 'v' << 8 | 'c' << 16 | '1' << 24;

    private static final int HEADER = 8;
    private static final int VISUAL_FIELDS = 78;

    /** Of the first stream of a movie, which is a video. */
    static SampleEntry of(ByteBuffer movie) {
        ByteBuffer table = movie;
        for (String kind : new String[] {"moov", "trak", "mdia", "minf", "stbl", "stsd"}) {
            table = box(table, kind);
        }
        // Version, flags and the number of entries.
        ByteBuffer entry = table.slice(HEADER, table.remaining() - HEADER);
        int size = entry.getInt(0);
        int fields = HEADER + VISUAL_FIELDS;
        return new SampleEntry(kind(entry, 0), entry.slice(fields, size - fields));
    }

    /** The content of one of its boxes. */
    ByteBuffer box(String kind) {
        return box(boxes, kind);
    }

    /** Chooses the kind in which more players read a stream, where the container has several. */
    static void choose(AVFormatContext container, AVCodecParameters video) {
        var tags = container.oformat().codec_tag();
        boolean knows = tags != null && !tags.isNull() && av_codec_get_id(tags, HVC1) == AV_CODEC_ID_HEVC;
        if (video.codec_id() == AV_CODEC_ID_HEVC && knows) {
            video.codec_tag(HVC1);
        }
    }

    private static ByteBuffer box(ByteBuffer among, String kind) {
        for (int at = 0; at + HEADER <= among.remaining(); at += among.getInt(at)) {
            if (kind(among, at).equals(kind)) {
                return among.slice(at + HEADER, among.getInt(at) - HEADER);
            }
            if (among.getInt(at) < HEADER) {
                break;
            }
        }
        throw new IllegalStateException("a movie without " + kind);
    }

    private static String kind(ByteBuffer box, int at) {
        byte[] kind = new byte[4];
        box.get(at + 4, kind);
        return new String(kind, StandardCharsets.ISO_8859_1);
    }
}
