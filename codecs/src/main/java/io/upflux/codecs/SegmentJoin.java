package io.upflux.codecs;

import io.upflux.codecs.output.JoinedOutput;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.util.List;

/**
 * Joins the segments of one output, with every other stream of the input, without decoding anything. What
 * {@link MediaSink} writes at once from the same frames differs from it in the encoder's choices only.
 */
public final class SegmentJoin implements AutoCloseable {
    private final JoinedOutput output;
    private final MediaSource source;

    private SegmentJoin(JoinedOutput output, MediaSource source) {
        this.output = output;
        this.source = source;
    }

    /**
     * As {@link MediaSink#create}.
     *
     * @param source of the other streams, freshly opened, all of the input or of the part that was asked for; closed by
     *     the caller after the join
     */
    public static SegmentJoin create(String location, OutputOptions options, MediaSource source, Notices notices) {
        return new SegmentJoin(
                JoinedOutput.create(
                        location, options, source.carriage(), source.format().height(), notices),
                source);
    }

    /**
     * Writes the output, which then has its name.
     *
     * @param offered the format that was offered to each {@link SegmentSink}
     * @param longest as was told to each of them
     * @param segments files of packets in order
     * @param progress told of each packet, and while the end is written, which may take as long again
     * @return number of frames
     * @throws StreamException when a segment cannot be read or was encoded otherwise, or the output cannot be written
     */
    public long write(FrameFormat offered, long longest, List<Path> segments, Runnable progress) {
        return output.write(offered, longest, segments, source::readUntil, progress);
    }

    /** What is written; empty until the first frame can be. */
    public OutputStreams streams() {
        return output.streams();
    }

    /** Makes {@link #write} fail soon. Any thread. */
    public void interrupt() {
        output.interrupt();
        source.interrupt();
    }

    /** Frees native state; without a finished {@link #write} nothing of the output stays. */
    @Override
    public void close() {
        output.close();
    }
}
