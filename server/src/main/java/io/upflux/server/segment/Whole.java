package io.upflux.server.segment;

import io.upflux.codecs.EncoderIdentity;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputStreams;
import io.upflux.codecs.SegmentJoin;
import io.upflux.codecs.SegmentSink;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.FrameUpscaler;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The joined output, until it has its name. */
public final class Whole {
    private final JobOptions options;
    private final Path file;
    private final Notices notices;

    /** @param file where it lies meanwhile */
    public Whole(JobOptions options, Path file, Notices notices) {
        this.options = options;
        this.file = file;
        this.notices = notices;
    }

    /**
     * Joins finished segments with the input's other streams.
     *
     * @param segments files of all of them, in order
     * @param progress told now and then
     * @param stop gives up when it completes
     */
    public OutputStreams join(List<Path> segments, Resolvers resolvers, Runnable progress, Mono<Void> stop) {
        try (MediaSource source = MediaSource.open(options.input(), options.reading(), notices);
                SegmentJoin join =
                        SegmentJoin.create(file.toString(), options.encoding().withOverwrite(true), source, notices)) {
            Disposable stopping = stop.subscribe(nothing -> {}, error -> {}, join::interrupt);
            try {
                join.write(upscaled(source.format(), resolvers), options.longest(), segments, progress);
                return join.streams();
            } finally {
                stopping.dispose();
            }
        }
    }

    /** Which encoder makes its video. */
    public EncoderIdentity encoder(Resolvers resolvers) {
        try (MediaSource source = MediaSource.open(options.input(), options.reading(), Notices.none())) {
            return SegmentSink.encoder(
                    options.output(),
                    options.encoding(),
                    source,
                    upscaled(source.format(), resolvers),
                    options.longest());
        }
    }

    /** Gives it its name, when all of it is on the disk. */
    void publish(Path output, Journal journal) {
        try {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            if (Files.exists(output, LinkOption.NOFOLLOW_LINKS)
                    && !options.encoding().overwrite()) {
                throw new StreamException(output + ": exists already; --overwrite replaces it");
            }
            journal.whole(Files.size(file));
            Files.move(file, output, StandardCopyOption.ATOMIC_MOVE);
            WorkFolder.force(output.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new StreamException(output + ": cannot get its name: " + WorkFolder.reason(e), e);
        }
    }

    private static FrameFormat upscaled(FrameFormat format, Resolvers resolvers) {
        SuperResolver resolver = resolvers.take();
        try {
            return FrameUpscaler.upscaled(format, resolver);
        } finally {
            resolvers.giveBack(resolver);
        }
    }
}
