package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.OutputStreams;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.output.PacketFile.Summary;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Writes finished segments, one after the other, with all other streams of the input into one container. */
public final class JoinedOutput implements AutoCloseable {
    private final String location;
    private final Encoding encoding;
    private final MuxedOutput output;

    private JoinedOutput(String location, Encoding encoding, MuxedOutput output) {
        this.location = location;
        this.encoding = encoding;
        this.output = output;
    }

    /** As {@link VideoOutput#create}. */
    public static JoinedOutput create(
            String location, OutputOptions options, Carriage carriage, int sourceHeight, Notices notices) {
        Encoding encoding = Encoding.of(location, options, carriage, sourceHeight, notices);
        return new JoinedOutput(
                location,
                encoding,
                MuxedOutput.create(location, encoding.container(), options.overwrite(), carriage, notices));
    }

    /**
     * Writes everything.
     *
     * @param offered what the encoders of the segments were offered
     * @param longest as for the segments
     * @param reader is told the time of each packet before it is written: the input shall be read until there
     * @param progress told of each packet, and while the end is written
     * @return number of frames
     * @throws StreamException when a segment cannot be read or was encoded otherwise
     */
    public long write(FrameFormat offered, long longest, List<Path> segments, LongConsumer reader, Runnable progress) {
        int depth = 0;
        // Encoders state their parameters when they open, and equal ones state equal parameters.
        try (VideoTrack track = encoding.open(offered, longest)) {
            byte[] wanted = track.fingerprint();
            for (Path segment : segments) {
                Summary summary = PacketReader.summary(segment);
                if (!Arrays.equals(summary.fingerprint(), wanted)
                        || !summary.timeBase().equals(track.wanted().timeBase())) {
                    throw new StreamException(
                            location + ": " + segment.getFileName() + " was encoded otherwise than the rest would be");
                }
                depth = Math.max(depth, summary.depth());
            }
            output.begin(track);
        }
        long frames = 0;
        DecodingTimes times = new DecodingTimes(depth);
        AVPacket packet = Av.allocated(av_packet_alloc(), location);
        try {
            for (Path segment : segments) {
                try (PacketReader packets = new PacketReader(segment)) {
                    while (packets.read(packet)) {
                        output.checkInterrupted();
                        reader.accept(packet.pts());
                        output.drain();
                        packet.pts(packet.pts() - output.startTicks());
                        packet.dts(times.next(packet.pts(), packet.duration()));
                        output.write(packet);
                        frames++;
                        progress.run();
                    }
                }
            }
        } finally {
            av_packet_free(packet);
        }
        reader.accept(Long.MAX_VALUE);
        output.finish(progress, whole -> {});
        return frames;
    }

    /** As {@link MuxedOutput#streams}. */
    public OutputStreams streams() {
        return output.streams();
    }

    /** Any thread. */
    public void interrupt() {
        output.interrupt();
    }

    @Override
    public void close() {
        output.close();
    }
}
