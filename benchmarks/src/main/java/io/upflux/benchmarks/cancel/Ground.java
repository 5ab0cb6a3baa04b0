package io.upflux.benchmarks.cancel;

import io.upflux.codecs.MediaSink;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.server.bench.NativeBalance;
import io.upflux.server.bench.drawn.MovingPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A folder of its own with a small clip, gone when closed, and a look at what jobs have left of the process. */
final class Ground implements AutoCloseable {
    private static final int WIDTH = 128;
    private static final int HEIGHT = 96;
    private static final int FRAMES = 40;

    /** Idle threads of Reactor end after a minute. */
    private static final long SETTLING_SECONDS = 150;

    private final Path folder;
    private final Path clip;

    Ground(Catalogue catalogue) throws IOException {
        folder = Files.createTempDirectory("upflux-cancel");
        clip = folder.resolve("clip.mkv");
        try (SuperResolver identity = catalogue.open(catalogue.find("identity-x1", 1), Device.CPU, 1);
                MediaSink sink = MediaSink.create(clip.toString(), OutputOptions.defaults(), null, Notices.none())) {
            UpscalePipeline.of(new MovingPattern(WIDTH, HEIGHT, FRAMES), identity, sink)
                    .run()
                    .blockLast();
        }
    }

    Path folder() {
        return folder;
    }

    Path clip() {
        return clip;
    }

    /**
     * Waits for what ends by itself, and says what there was and is.
     *
     * @param growth by what part resident memory may grow
     * @return whether all is as it was
     */
    static boolean isAsBefore(NativeBalance before, double growth) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLING_SECONDS);
        NativeBalance now = NativeBalance.now();
        while (isMore(now, before) && System.nanoTime() < limit) {
            TimeUnit.SECONDS.sleep(1);
            now = NativeBalance.now();
        }
        boolean grown = now.resident() > (1 + growth) * before.resident();
        System.out.println("before: " + before);
        System.out.println("after:  " + now + (grown ? " (grown)" : ""));
        return now.pictures() == 0 && !isMore(now, before) && !grown;
    }

    private static boolean isMore(NativeBalance now, NativeBalance before) {
        return now.threads() > before.threads() || now.descriptors() > before.descriptors();
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
