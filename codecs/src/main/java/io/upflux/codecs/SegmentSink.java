package io.upflux.codecs;

import io.upflux.codecs.output.SegmentOutput;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;

/**
 * Encodes the frames of one segment into a file of packets, which {@link SegmentJoin} puts together. The file appears
 * when it is whole and on the disk; {@link #close()} without {@link #finish()} leaves nothing.
 */
public final class SegmentSink implements FrameSink {
    private final SegmentOutput output;

    private SegmentSink(SegmentOutput output) {
        this.output = output;
    }

    /**
     * Checks what can be checked before the first frame.
     *
     * @param file to be written; an older one is replaced
     * @param output where the segments will be joined: its container decides how they are encoded
     * @param source of the frames, to stay open until the sink is closed
     * @param longest frames of the output's longest segment: key frames are spread evenly over so many
     * @throws StreamException when the output cannot be encoded as asked
     */
    public static SegmentSink create(
            Path file, String output, OutputOptions options, MediaSource source, long longest, Notices notices) {
        return new SegmentSink(SegmentOutput.create(
                file, output, options, source.description(), source.format().height(), longest, notices));
    }

    /**
     * The encoder that segments of an output will be encoded with, as far as one machine can tell.
     *
     * @param offered what each sink will be offered
     * @param longest as for {@link #create}
     * @throws StreamException when the output cannot be encoded as asked
     */
    public static EncoderIdentity encoder(
            String output, OutputOptions options, MediaSource source, FrameFormat offered, long longest) {
        return SegmentOutput.encoder(
                output, options, source.description(), source.format().height(), offered, longest);
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        return output.open(offered);
    }

    @Override
    public void write(VideoFrame frame) {
        output.write(frame);
    }

    @Override
    public void finish() {
        output.finish();
    }

    @Override
    public void interrupt() {
        output.interrupt();
    }

    @Override
    public void close() {
        output.close();
    }
}
