package io.upflux.codecs;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A piece of an encoded live stream, a few hundred milliseconds long, in each container that viewers may ask for. The
 * bytes are on the heap, read-only, and may be shared freely; each reader takes a {@code duplicate()}.
 *
 * @param header of the containers that this is a piece of; the same object as long as pieces continue each other
 * @param startsSegment whether it begins a segment: with a key frame, and about as long after the last one as asked for
 * @param independent whether decoding can start with it
 * @param startMicros presentation time of its first picture on the output's own clock, which never steps back
 * @param durationMicros until the first picture of the next piece
 * @param wallClock when its first picture was due
 * @param mp4 movie fragments (ISO 14496-12: moof, mdat)
 * @param ts whole MPEG-TS packets (ISO 13818-1), PAT and PMT first where it is independent
 */
public record Fragment(
        FragmentHeader header,
        boolean startsSegment,
        boolean independent,
        long startMicros,
        long durationMicros,
        Instant wallClock,
        ByteBuffer mp4,
        ByteBuffer ts) {
    public Fragment {
        mp4 = mp4.asReadOnlyBuffer();
        ts = ts.asReadOnlyBuffer();
    }

    /** Size of both forms together. */
    public int bytes() {
        return mp4.remaining() + ts.remaining();
    }
}
