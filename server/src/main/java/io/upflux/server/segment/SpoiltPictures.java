package io.upflux.server.segment;

import io.upflux.codecs.PictureEncoder;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Flaws;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.server.preview.PreviewKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Of a file: a picture that stays spoilt fails the run, and is kept beside the output together with its source, as PNG. */
public final class SpoiltPictures implements Flaws {
    private final @Nullable Path output;
    private final Notices notices;

    /** @param output null where it is no file; then nothing is kept */
    public SpoiltPictures(@Nullable Path output, Notices notices) {
        this.output = output;
        this.notices = notices;
    }

    @Override
    public void mended(String line) {
        notices.warning(line);
    }

    @Override
    public boolean spoilt(String line, VideoFrame source, VideoFrame upscaled) {
        Path beside = output;
        if (beside == null) {
            return false;
        }
        String kept;
        try {
            int lines = source.format().height();
            Path small = keep(beside, PictureEncoder.png(source, lines), source.pts(), PreviewKind.SOURCE);
            Path large = keep(beside, PictureEncoder.png(upscaled, lines), upscaled.pts(), PreviewKind.UPSCALED);
            kept = "kept as " + small + " and " + large;
        } catch (IOException | StreamException e) {
            kept = "and could not be kept: " + e.getMessage();
        }
        throw new StreamException(
                line + ", also when computed again; " + kept + "; use another model, device or precision");
    }

    private static Path keep(Path output, ByteBuffer picture, long pts, PreviewKind kind) throws IOException {
        for (int number = 1; ; number++) {
            Path file = output.resolveSibling(
                    output.getFileName() + "." + pts + "." + kind + (number == 1 ? "" : "-" + number) + ".png");
            try (SeekableByteChannel channel =
                    Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                while (picture.hasRemaining()) {
                    channel.write(picture);
                }
                return file;
            } catch (FileAlreadyExistsException taken) {
                // Of an earlier run: the next number.
            }
        }
    }
}
