package io.upflux.server.preview;

import io.upflux.codecs.PictureType;
import io.upflux.pipeline.FrameWatcher;
import io.upflux.pipeline.Notices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * The newest upscaled frame of a run as a small JPEG file, again and again, for those who watch from another process. The file
 * is whole at any moment.
 */
public final class Snapshots implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final PreviewWish WISH = new PreviewWish(Set.of(PreviewKind.UPSCALED), null, 640, PictureType.JPEG);

    private final @Nullable Path file;
    private final Previews previews = new Previews("snapshots");
    private final Disposable writing;

    /**
     * @param file replaced by each; null for none
     * @param notices told when it cannot be written, which ends it and nothing else
     */
    public Snapshots(@Nullable Path file, Notices notices) {
        this.file = file;
        this.writing = previews.next(WISH)
                .doOnNext(preview -> write(preview.pictures().get(0).bytes()))
                .then(Mono.delay(PAUSE))
                .repeat(() -> file != null)
                .subscribe(
                        again -> {},
                        failure -> notices.warning(file + ": no pictures of the work: " + failure.getMessage()));
    }

    /** Sees the frames of one pipeline, which closes it. */
    public FrameWatcher watcher() {
        return file == null ? FrameWatcher.NONE : previews.watcher(pts -> 0);
    }

    @Override
    public void close() {
        writing.dispose();
        previews.close();
    }

    private void write(ByteBuffer picture) {
        Path target = file;
        if (target == null) {
            return;
        }
        byte[] bytes = new byte[picture.remaining()];
        picture.duplicate().get(bytes);
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            Files.write(partial, bytes);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
