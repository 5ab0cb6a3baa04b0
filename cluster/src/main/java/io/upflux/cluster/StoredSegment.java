package io.upflux.cluster;

import io.upflux.server.segment.SegmentResult;
import java.io.Serializable;

/**
 * A finished segment that lies beside the output.
 *
 * @param file its name in the film's folder
 * @param seconds that a device was busy with it
 * @param host where that was
 */
record StoredSegment(SegmentResult result, String file, double seconds, String host) implements Serializable {}
