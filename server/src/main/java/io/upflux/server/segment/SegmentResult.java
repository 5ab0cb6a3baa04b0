package io.upflux.server.segment;

import io.upflux.frame.HaltingShares;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import java.io.Serializable;
import java.util.List;

/**
 * A finished segment.
 *
 * @param segment its index
 * @param frames that it holds
 * @param firstPts time stamp of the first, in ticks of the source; of no meaning without frames
 * @param lastPts of the last
 * @param bytes size of its file
 * @param sha256 of its file, lower-case hexadecimal
 * @param halting which windows halted
 * @param windows what was reused
 * @param inference what it took
 * @param damaged whether some of the source could not be read as it should
 * @param warnings what was said about it, one line each
 */
public record SegmentResult(
        int segment,
        long frames,
        long firstPts,
        long lastPts,
        long bytes,
        String sha256,
        HaltingShares halting,
        WindowShares windows,
        InferenceCost inference,
        boolean damaged,
        List<String> warnings)
        implements Serializable {}
