package io.upflux.server.cli;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.MediaSink;
import io.upflux.codecs.MediaSource;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.FrameFormat;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.drawn.MovingPattern;
import java.nio.file.Path;

/** Small real files, made by the program's own encoder. */
final class TestMedia {
    static final int WIDTH = 64;
    static final int HEIGHT = 48;
    static final int FRAMES = 6;

    private TestMedia() {}

    /** A clip where any will do. */
    static Path clip(Path file) {
        return write(file, WIDTH, HEIGHT, FRAMES);
    }

    /** A clip, or with one frame and a picture's name a picture. */
    static Path write(Path file, int width, int height, int frames) {
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver identity = catalogue.open(catalogue.find("identity-x1", 1), Device.CPU, 1)) {
            UpscalePipeline.of(
                            new MovingPattern(width, height, frames),
                            identity,
                            MediaSink.create(file.toString(), OutputOptions.defaults(), null, Notices.none()))
                    .run()
                    .blockLast();
        }
        return file;
    }

    static FrameFormat format(Path file) {
        try (MediaSource source = MediaSource.open(file.toString(), InputOptions.defaults(), Notices.none())) {
            return source.format();
        }
    }
}
