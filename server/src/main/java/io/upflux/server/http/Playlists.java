package io.upflux.server.http;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import io.upflux.server.live.LiveSegment;
import io.upflux.server.live.WindowView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** HTTP Live Streaming playlists with low latency (draft-pantos-hls-rfc8216bis). */
final class Playlists {
    /** The least version that knows everything used here. */
    private static final int VERSION = 9;

    /** Of the part target: how far players stay behind the end. */
    private static final int HOLD_BACK_PARTS = 3;

    /** Of the target duration: how long before the end parts are still listed, and how far others stay behind. */
    private static final int HOLD_BACK_SEGMENTS = 3;

    private static final double MICROS = 1e6;

    private Playlists() {}

    /**
     * One way to play a stream.
     *
     * @param uri of its playlist
     * @param bitrate peak, in bits a second
     */
    record Variant(String uri, FragmentHeader header, long bitrate) {
        /** @param view not empty */
        static Variant of(String uri, WindowView view) {
            return new Variant(uri, view.last().header(), Math.max(1, view.peakBitrate()));
        }
    }

    /**
     * How far another playlist of the stream is, for players that change to it.
     *
     * @param uri of that playlist, as seen from the one it is told in
     * @param view not empty
     */
    record Report(String uri, WindowView view) {}

    /**
     * The playlist of playlists.
     *
     * @param query behind every address, empty for none
     */
    static String main(List<Variant> variants, String query) {
        StringBuilder text =
                new StringBuilder("#EXTM3U\n#EXT-X-VERSION:").append(VERSION).append("\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        for (Variant variant : variants) {
            FragmentHeader header = variant.header();
            text.append(String.format(
                    Locale.ROOT,
                    "#EXT-X-STREAM-INF:BANDWIDTH=%d,CODECS=\"%s\",RESOLUTION=%dx%d",
                    variant.bitrate(),
                    header.codecs(),
                    header.width(),
                    header.height()));
            if (header.frameRate() > 0) {
                text.append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", header.frameRate()));
            }
            text.append('\n').append(variant.uri()).append(query).append('\n');
        }
        return text.toString();
    }

    /**
     * The playlist of segments and parts.
     *
     * @param view not empty
     * @param segmentTarget what segments are asked to last at most
     * @param partTarget longest part
     * @param others further playlists of the stream
     * @param query behind every address, empty for none
     */
    static String media(
            WindowView view, Duration segmentTarget, Duration partTarget, List<Report> others, String query) {
        List<LiveSegment> segments = view.segments();
        // Fixed, whatever comes (RFC 8216, section 4.3.3.1): no segment, rounded to whole seconds, is longer.
        long target = (long) Math.ceil(segmentTarget.toNanos() / 1e9);
        double part = partTarget.toNanos() / 1e9;
        LiveSegment first = segments.get(0);
        int before = first.discontinuities() - (first.discontinuity() ? 1 : 0);
        StringBuilder text = new StringBuilder(4096)
                .append("#EXTM3U\n#EXT-X-VERSION:")
                .append(VERSION)
                .append("\n#EXT-X-TARGETDURATION:")
                .append(target)
                .append("\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=")
                .append(seconds(HOLD_BACK_PARTS * part))
                .append(",HOLD-BACK=")
                .append(seconds(HOLD_BACK_SEGMENTS * target))
                .append("\n#EXT-X-PART-INF:PART-TARGET=")
                .append(seconds(part))
                .append("\n#EXT-X-MEDIA-SEQUENCE:")
                .append(first.number())
                .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
                .append(before)
                .append("\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        Instant partsFrom = end(view.last()).minus(HOLD_BACK_SEGMENTS * target, ChronoUnit.SECONDS);
        long header = -1;
        for (LiveSegment segment : segments) {
            if (segment.discontinuity()) {
                text.append("#EXT-X-DISCONTINUITY\n");
            }
            if (segment.headerNumber() != header) {
                header = segment.headerNumber();
                text.append("#EXT-X-MAP:URI=\"init-")
                        .append(header)
                        .append(".mp4")
                        .append(query)
                        .append("\"\n");
            }
            text.append("#EXT-X-PROGRAM-DATE-TIME:")
                    .append(segment.wallClock().truncatedTo(ChronoUnit.MILLIS))
                    .append('\n');
            if (!segment.complete() || end(segment).isAfter(partsFrom)) {
                parts(segment, query, text);
            }
            if (segment.complete()) {
                text.append("#EXTINF:")
                        .append(seconds(segment.durationMicros() / MICROS))
                        .append(",\nsegment-")
                        .append(segment.number())
                        .append(".m4s")
                        .append(query)
                        .append('\n');
            }
        }
        if (view.closed()) {
            text.append("#EXT-X-ENDLIST\n");
        } else {
            text.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-")
                    .append(view.nextPart())
                    .append(".m4s")
                    .append(query)
                    .append("\"\n");
            others.forEach(other -> report(other, query, text));
        }
        return text.toString();
    }

    private static void report(Report other, String query, StringBuilder text) {
        LiveSegment last = other.view().last();
        text.append("#EXT-X-RENDITION-REPORT:URI=\"")
                .append(other.uri())
                .append(query)
                .append("\",LAST-MSN=")
                .append(last.number())
                .append(",LAST-PART=")
                .append(last.parts().size() - 1)
                .append('\n');
    }

    private static void parts(LiveSegment segment, String query, StringBuilder text) {
        long number = segment.firstPart();
        for (Fragment part : segment.parts()) {
            text.append("#EXT-X-PART:DURATION=")
                    .append(seconds(part.durationMicros() / MICROS))
                    .append(",URI=\"part-")
                    .append(number++)
                    .append(".m4s")
                    .append(query)
                    .append('"');
            if (part.independent()) {
                text.append(",INDEPENDENT=YES");
            }
            text.append('\n');
        }
    }

    private static Instant end(LiveSegment segment) {
        return segment.wallClock().plus(segment.durationMicros(), ChronoUnit.MICROS);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.6f", value).replaceFirst("\\.?0+$", "");
    }
}
