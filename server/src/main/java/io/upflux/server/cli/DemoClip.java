package io.upflux.server.cli;

import io.upflux.codecs.MediaSink;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.drawn.MovingPattern;
import java.nio.file.Path;

/** A small clip that needs no download: ten seconds that a CPU upscales in time. */
final class DemoClip {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final int FRAMES = 250;

    private DemoClip() {}

    static void draw(Path file) {
        Catalogue catalogue = Catalogue.standard();
        OutputOptions encoding = OutputOptions.defaults().withOverwrite(true);
        try (SuperResolver identity = catalogue.open(catalogue.find("identity-x1", 1), Device.CPU)) {
            UpscalePipeline.of(
                            new MovingPattern(WIDTH, HEIGHT, FRAMES),
                            identity,
                            MediaSink.create(file.toString(), encoding, null, Notices.none()))
                    .run()
                    .blockLast();
        }
    }
}
