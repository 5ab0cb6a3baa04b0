package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.util.List;
import java.util.Optional;

/**
 * What a window held at one moment.
 *
 * @param segments that a playlist lists, oldest first; only the last may be incomplete
 * @param older segments that no playlist lists any more, for viewers who come late for them
 * @param peakBitrate most bits a second that a segment has had so far, in the fMP4 form
 * @param closed whether nothing more comes
 */
public record WindowView(List<LiveSegment> segments, List<LiveSegment> older, long peakBitrate, boolean closed) {
    static final WindowView EMPTY = new WindowView(List.of(), List.of(), 0, false);

    public WindowView {
        segments = List.copyOf(segments);
        older = List.copyOf(older);
    }

    public boolean isEmpty() {
        return segments.isEmpty();
    }

    public LiveSegment last() {
        return segments.get(segments.size() - 1);
    }

    /** Media sequence number of the segment that comes next or is being filled. */
    public long openNumber() {
        return segments.isEmpty() ? 0 : last().complete() ? last().number() + 1 : last().number();
    }

    /** How many parts of the segment {@link #openNumber} there are. */
    public int openParts() {
        return segments.isEmpty() || last().complete() ? 0 : last().parts().size();
    }

    /** Whether there is, or has been, all of the segment before {@code part}, and that part. */
    public boolean has(long number, int part) {
        return number < openNumber() || (number == openNumber() && part < openParts());
    }

    public Optional<LiveSegment> segment(long number) {
        for (List<LiveSegment> list : List.of(segments, older)) {
            for (LiveSegment segment : list) {
                if (segment.number() == number) {
                    return Optional.of(segment);
                }
            }
        }
        return Optional.empty();
    }

    /** Number of the part that comes next. */
    public long nextPart() {
        return segments.isEmpty() ? 0 : last().firstPart() + last().parts().size();
    }

    public Optional<Fragment> part(long number) {
        for (List<LiveSegment> list : List.of(segments, older)) {
            for (LiveSegment segment : list) {
                long index = number - segment.firstPart();
                if (index >= 0 && index < segment.parts().size()) {
                    return Optional.of(segment.parts().get((int) index));
                }
            }
        }
        return Optional.empty();
    }

    /** The header with a number. */
    public Optional<FragmentHeader> header(long number) {
        for (List<LiveSegment> list : List.of(segments, older)) {
            for (LiveSegment segment : list) {
                if (segment.headerNumber() == number) {
                    return Optional.of(segment.header());
                }
            }
        }
        return Optional.empty();
    }
}
