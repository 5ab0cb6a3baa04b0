package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Fragments from one key frame that starts a segment to the next.
 *
 * @param number media sequence number, rising by one
 * @param firstPart number of its first part; parts are numbered through the whole stream
 * @param headerNumber tells the header from others of the stream
 * @param discontinuity whether players must be told that it does not continue the one before
 * @param discontinuities how many there were up to here, this one included
 * @param parts in order, at least one
 * @param complete whether no more come
 */
public record LiveSegment(
        long number,
        long firstPart,
        long headerNumber,
        boolean discontinuity,
        int discontinuities,
        List<Fragment> parts,
        boolean complete) {
    public LiveSegment {
        parts = List.copyOf(parts);
    }

    public FragmentHeader header() {
        return parts.get(0).header();
    }

    /** When its first picture was due. */
    public Instant wallClock() {
        return parts.get(0).wallClock();
    }

    public long durationMicros() {
        return parts.stream().mapToLong(Fragment::durationMicros).sum();
    }

    /** Bits a second of its fMP4 form. */
    long bitrate() {
        long bytes = parts.stream().mapToLong(part -> part.mp4().remaining()).sum();
        return (long) Math.ceil(8e6 * bytes / Math.max(1, durationMicros()));
    }

    int bytes() {
        return parts.stream().mapToInt(Fragment::bytes).sum();
    }

    LiveSegment with(Fragment part) {
        List<Fragment> more = new ArrayList<>(parts);
        more.add(part);
        return new LiveSegment(number, firstPart, headerNumber, discontinuity, discontinuities, more, complete);
    }

    LiveSegment completed() {
        return new LiveSegment(number, firstPart, headerNumber, discontinuity, discontinuities, parts, true);
    }
}
