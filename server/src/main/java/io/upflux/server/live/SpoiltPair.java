package io.upflux.server.live;

import io.upflux.codecs.PictureEncoder;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.server.preview.PreviewKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest picture of a stream that stayed spoilt and the one it was made from, as PNG in files for a while, which go with the
 * stream. Thread-safe.
 */
final class SpoiltPair implements AutoCloseable {
    /** A large picture takes a second to be encoded, in which the stream makes no others. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** A PNG on the heap may take as many bytes as its picture, 60 MB in 16 bits; a full heap ends the server. */
    private static final long MOST_PIXELS = 4096L * 2304;

    private static final Logger LOG = LoggerFactory.getLogger(SpoiltPair.class);

    private static final Set<PreviewKind> KINDS = Set.of(PreviewKind.SOURCE, PreviewKind.UPSCALED);

    private final LongSupplier nanoTime;
    private @Nullable Path folder;
    private long keptNanos;

    SpoiltPair(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Replaces the pair, unless it is of the last minute or the pictures are too large. */
    synchronized void keep(VideoFrame source, VideoFrame upscaled) throws IOException {
        FrameFormat size = upscaled.format();
        if ((long) size.width() * size.height() > MOST_PIXELS) {
            LOG.debug("too large to be kept: {}x{}", size.width(), size.height());
            return;
        }
        Path there = folder;
        if (there != null && nanoTime.getAsLong() - keptNanos < PAUSE.toNanos()) {
            return;
        }
        if (there == null) {
            there = Files.createTempDirectory("upflux-spoilt-");
            folder = there;
        }
        keptNanos = nanoTime.getAsLong();
        int lines = source.format().height();
        write(PictureEncoder.png(source, lines), file(there, PreviewKind.SOURCE));
        write(PictureEncoder.png(upscaled, lines), file(there, PreviewKind.UPSCALED));
    }

    /** Where one of the two lies, whole at any moment; empty where none has stayed spoilt. */
    synchronized Optional<Path> file(PreviewKind kind) {
        return Optional.ofNullable(folder).map(there -> file(there, kind)).filter(Files::exists);
    }

    /** Removes them. */
    @Override
    public synchronized void close() throws IOException {
        Path there = folder;
        folder = null;
        if (there != null) {
            for (PreviewKind kind : KINDS) {
                Files.deleteIfExists(partial(file(there, kind)));
                Files.deleteIfExists(file(there, kind));
            }
            Files.delete(there);
        }
    }

    private static void write(ByteBuffer picture, Path file) throws IOException {
        Path partial = partial(file);
        try (FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (picture.hasRemaining()) {
                channel.write(picture);
            }
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path file(Path folder, PreviewKind kind) {
        return folder.resolve(kind + ".png");
    }

    private static Path partial(Path file) {
        return file.resolveSibling(file.getFileName() + ".partial");
    }
}
