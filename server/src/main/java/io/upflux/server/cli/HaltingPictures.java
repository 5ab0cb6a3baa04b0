package io.upflux.server.cli;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes halting maps as grey PNG pictures as large as the decoded picture, so that they lie over it: the more blocks
 * computed a window, the brighter it is, white after all of them.
 */
final class HaltingPictures {
    private static final PixelLayout GREY = new PixelLayout(PixelLayout.Family.GRAY, 8, 0, 0, false);

    private final Path folder;
    private final String stem;
    private final boolean numbered;
    private final FrameFormat format;
    private final OutputOptions options;
    private long frames;

    /**
     * @param folder made if it is missing
     * @param stem what file names begin with
     * @param numbered whether the number of the frame follows, counted from 1
     * @param source format of what is upscaled
     * @param overwrite whether files of these names are replaced
     * @throws StreamException when the folder cannot be made, or the first picture exists
     */
    HaltingPictures(Path folder, String stem, boolean numbered, FrameFormat source, boolean overwrite) {
        ColourSpec colour = source.colour();
        this.folder = folder;
        this.stem = stem;
        this.numbered = numbered;
        this.format = source.withLayout(GREY)
                .withColour(new ColourSpec(
                        ColourSpec.UNSPECIFIED,
                        ColourSpec.UNSPECIFIED,
                        ColourSpec.UNSPECIFIED,
                        Range.FULL,
                        ColourSpec.ChromaSiting.UNSPECIFIED));
        this.options = OutputOptions.defaults().withOverwrite(overwrite);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be made a folder: " + e.getMessage(), e);
        }
        if (!overwrite && Files.exists(file(1))) {
            throw new StreamException(file(1) + ": exists already; --overwrite replaces it");
        }
    }

    /** @throws StreamException when the picture exists or cannot be written */
    void write(HaltingMap map) {
        frames++;
        try (NativeScope scope = new NativeScope();
                FrameSink sink = MediaSink.create(file(frames).toString(), options, null, Notices.none())) {
            FrameFormat wanted = sink.open(format);
            if (!wanted.equals(format)) {
                throw new IllegalStateException("PNG holds " + format.layout() + " as it is, not as " + wanted);
            }
            sink.write(painted(map, scope));
            sink.finish();
        }
    }

    private Path file(long frame) {
        return folder.resolve(stem + (numbered ? String.format(Locale.ROOT, "-%06d", frame) : "") + ".png");
    }

    private VideoFrame painted(HaltingMap map, NativeScope scope) {
        VideoFrame frame = scope.frame(format, 0, 0);
        Plane grey = frame.plane(0);
        for (int y = 0; y < grey.height(); y++) {
            for (int x = 0; x < grey.width(); x++) {
                int depth = map.depth(x / map.window(), y / map.window());
                grey.data().put(y * grey.stride() + x, (byte) Math.round(255f * depth / map.blocks()));
            }
        }
        return frame;
    }
}
