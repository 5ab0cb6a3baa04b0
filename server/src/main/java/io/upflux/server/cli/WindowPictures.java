package io.upflux.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowGrid;
import io.upflux.reuse.WindowShares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.IntBinaryOperator;

/**
 * Writes what became of windows as grey PNG pictures as large as the decoded picture, so that they lie over it: the more
 * was computed of a window, the brighter it is. Of reuse a file of JSON lines beside them says what each frame took.
 */
final class WindowPictures {
    private static final PixelLayout GREY = new PixelLayout(PixelLayout.Family.GRAY, 8, 0, 0, false);

    private final Path folder;
    private final String stem;
    private final boolean numbered;
    private final FrameFormat format;
    private final OutputOptions options;
    private long frames;

    /**
     * @param folder made if it is missing
     * @param stem what file names begin with, folders inside included
     * @param numbered whether the number of the frame follows, counted from 1
     * @param source format of what is upscaled
     * @param overwrite whether files of these names are replaced
     * @throws StreamException when the folder cannot be made, or the first picture exists
     */
    WindowPictures(Path folder, String stem, boolean numbered, FrameFormat source, boolean overwrite) {
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
        Path own = folder.resolve(stem).getParent();
        try {
            Files.createDirectories(own == null ? folder : own);
        } catch (IOException e) {
            throw new StreamException(folder + ": cannot be made a folder: " + e.getMessage(), e);
        }
        Path lines = folder.resolve(stem + ".jsonl");
        if (!overwrite && Files.exists(lines)) {
            throw new StreamException(lines + ": exists already; --overwrite replaces it");
        }
        if (!overwrite && Files.exists(file(1))) {
            throw new StreamException(file(1) + ": exists already; --overwrite replaces it");
        }
    }

    /**
     * White after all blocks.
     *
     * @throws StreamException when the picture exists or cannot be written
     */
    void write(HaltingMap map) {
        write(map.window(), (x, y) -> Math.round(255f * map.depth(x, y) / map.blocks()));
    }

    /**
     * Black where pixels were kept, dark grey where they were adapted, light grey where they were computed, white where
     * nothing was known.
     *
     * @throws StreamException when the picture exists or cannot be written
     */
    void write(ReuseMap map) {
        write(WindowGrid.WINDOW, (x, y) -> switch (map.state(x, y)) {
            case UNCHANGED -> 0;
            case UPDATED -> 85;
            case COMPUTED -> 170;
            case NEW -> 255;
        });
        say(map);
    }

    private void say(ReuseMap map) {
        InferenceCost inference = map.inference();
        WindowShares windows = map.shares();
        ObjectNode line = JsonLines.object();
        line.put("frame", frames)
                .put("pts", map.pts())
                .put("windows", windows.windows())
                .put("computed", windows.computed() + windows.added())
                .put("batchFill", JsonLines.round(inference.batchFill(), 5))
                .put("inferenceSeconds", JsonLines.round(inference.seconds(), 6))
                .put("predictedSeconds", JsonLines.round(inference.predictedSeconds(), 6));
        Path lines = folder.resolve(stem + ".jsonl");
        try {
            Files.writeString(
                    lines,
                    line + "\n",
                    StandardOpenOption.CREATE,
                    frames == 1 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StreamException(lines + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(int window, IntBinaryOperator brightness) {
        frames++;
        try (NativeScope scope = new NativeScope();
                FrameSink sink = MediaSink.create(file(frames).toString(), options, null, Notices.none())) {
            FrameFormat wanted = sink.open(format);
            if (!wanted.equals(format)) {
                throw new IllegalStateException("PNG holds " + format.layout() + " as it is, not as " + wanted);
            }
            sink.write(painted(window, brightness, scope));
            sink.finish();
        }
    }

    private Path file(long frame) {
        return folder.resolve(stem + (numbered ? String.format(Locale.ROOT, "-%06d", frame) : "") + ".png");
    }

    private VideoFrame painted(int window, IntBinaryOperator brightness, NativeScope scope) {
        VideoFrame frame = scope.frame(format, 0, 0);
        Plane grey = frame.plane(0);
        for (int y = 0; y < grey.height(); y++) {
            for (int x = 0; x < grey.width(); x++) {
                int value = brightness.applyAsInt(x / window, y / window);
                grey.data().put(y * grey.stride() + x, (byte) value);
            }
        }
        return frame;
    }
}
