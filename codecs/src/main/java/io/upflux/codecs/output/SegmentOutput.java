package io.upflux.codecs.output;

import io.upflux.codecs.EncoderIdentity;
import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Encodes the frames of one segment, by an encoder of its own, into a file of packets that appears when it is whole. */
public final class SegmentOutput implements FrameSink {
    private final Path file;
    private final Path partial;
    private final Encoding encoding;
    private final long longest;

    private volatile boolean interrupted;
    private @Nullable VideoTrack video;
    private @Nullable PacketWriter writer;
    private long first = VideoFrame.NO_PTS;
    private boolean published;

    private SegmentOutput(Path file, Encoding encoding, long longest) {
        this.file = file;
        this.partial = file.resolveSibling(file.getFileName() + ".partial");
        this.encoding = encoding;
        this.longest = longest;
    }

    /**
     * Checks what can be checked before the first frame.
     *
     * @param file to be written; an older one is replaced
     * @param output name of the output that the segment is to be part of
     * @param longest frames of the output's longest segment
     */
    public static SegmentOutput create(
            Path file,
            String output,
            OutputOptions options,
            Carriage carriage,
            int sourceHeight,
            long longest,
            Notices notices) {
        return new SegmentOutput(file, Encoding.of(output, options, carriage, sourceHeight, notices), longest);
    }

    /** As {@link io.upflux.codecs.SegmentSink#encoder}. */
    public static EncoderIdentity encoder(
            String output,
            OutputOptions options,
            Carriage carriage,
            int sourceHeight,
            FrameFormat offered,
            long longest) {
        Encoding encoding = Encoding.of(output, options, carriage, sourceHeight, Notices.none());
        try (VideoTrack track = encoding.open(offered, longest)) {
            return track.identity();
        }
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        VideoTrack opened = encoding.open(offered, longest);
        video = opened;
        writer = new PacketWriter(partial, opened.wanted().timeBase(), opened.fingerprint());
        return opened.wanted();
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            checkInterrupted();
            if (first == VideoFrame.NO_PTS) {
                first = frame.pts();
            }
            // From zero, so that what an encoder makes of times depends on nothing but the segment.
            opened(video)
                    .encode(frame, frame.pts() - first, packet -> opened(writer).write(packet, first));
        }
    }

    @Override
    public void finish() {
        checkInterrupted();
        if (first != VideoFrame.NO_PTS) {
            opened(video).flush(packet -> opened(writer).write(packet, first));
        }
        opened(writer).finish();
        opened(writer).close();
        try {
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StreamException(file + ": cannot get its name: " + e.getMessage(), e);
        }
        published = true;
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public void close() {
        VideoTrack track = video;
        video = null;
        if (track != null) {
            track.close();
        }
        PacketWriter open = writer;
        writer = null;
        if (open != null && !published) {
            open.close();
            try {
                Files.deleteIfExists(partial);
            } catch (IOException e) {
                throw new StreamException(partial + ": cannot be removed: " + e.getMessage(), e);
            }
        }
    }

    private void checkInterrupted() {
        if (interrupted) {
            throw new StreamException(file + ": interrupted");
        }
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not opened");
        }
        return part;
    }
}
