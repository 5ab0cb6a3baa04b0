package io.upflux.server.segment;

import io.upflux.codecs.MediaSource;
import io.upflux.codecs.SegmentSink;
import io.upflux.frame.HaltingShares;
import io.upflux.models.Catalogue;
import io.upflux.pipeline.FrameWatcher;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowShares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import reactor.core.publisher.Mono;

/**
 * One segment of a job, to be computed anywhere: what comes out depends on nothing but the input's frames in the
 * segment's range, the options and the model.
 *
 * @param file to write the encoded frames to; it appears when it is whole and on the disk
 */
public record SegmentTask(JobOptions options, Segment segment, Path file) {
    /** Closing takes as long as one frame does; a pipeline that needs longer hangs in native code. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    /**
     * Computes the segment with a model opened for it.
     *
     * @throws StreamException when it cannot be computed or written
     */
    public SegmentResult run(Notices notices) {
        try (SuperResolver resolver = options.openModel(Catalogue.standard(notices))) {
            return run(resolver, notices, frames -> {}, Mono.never());
        }
    }

    /**
     * Computes the segment with an open model, on the calling thread and those of the pipeline.
     *
     * @param resolver of the options' model, used by nobody else meanwhile
     * @param progress told how many frames are written, after each
     * @param stop gives the segment up when it completes
     * @throws StreamException when the segment cannot be computed or written, or was given up
     */
    public SegmentResult run(SuperResolver resolver, Notices notices, LongConsumer progress, Mono<Void> stop) {
        return run(resolver, notices, progress, FrameWatcher.NONE, stop);
    }

    /** As above, with a watcher that sees the frames and is closed at the end. */
    SegmentResult run(
            SuperResolver resolver, Notices notices, LongConsumer progress, FrameWatcher watcher, Mono<Void> stop) {
        Tally tally = new Tally(notices);
        boolean damaged;
        AtomicBoolean whole = new AtomicBoolean();
        try (MediaSource source = MediaSource.openSegment(
                        options.input(), options.reading(), segment.from(), segment.to(), tally);
                SegmentSink sink = SegmentSink.create(
                        file, options.output(), options.encoding(), source, options.longest(), tally)) {
            UpscalePipeline pipeline = UpscalePipeline.of(source, options.calibrated(resolver), sink)
                    .watch(watcher)
                    .halting(tally.halting::add)
                    .reuse(options.reuse(), tally::reused);
            if (options.guard()) {
                pipeline.guard(new SpoiltPictures(Path.of(options.output()), tally));
            }
            pipeline.run()
                    .doOnNext(written -> {
                        tally.frame(written.pts());
                        progress.accept(tally.frames);
                    })
                    .doOnComplete(() -> whole.set(true))
                    .takeUntilOther(stop)
                    .blockLast();
            if (!whole.get()) {
                pipeline.closed().block(CLOSING);
                throw new StreamException(options.output() + ": interrupted");
            }
            damaged = source.damaged();
        }
        try {
            return new SegmentResult(
                    segment.index(),
                    tally.frames,
                    tally.firstPts,
                    tally.lastPts,
                    Files.size(file),
                    Sha256.of(file),
                    tally.halting,
                    tally.windows,
                    tally.inference,
                    damaged,
                    List.copyOf(tally.warnings));
        } catch (IOException e) {
            throw new StreamException(file + ": cannot be read back: " + WorkFolder.reason(e), e);
        }
    }

    /** Counts on the sink's thread, read after the pipeline has ended. */
    private static final class Tally implements Notices {
        private final Notices notices;
        private final List<String> warnings = new CopyOnWriteArrayList<>();
        private final HaltingShares halting = new HaltingShares();
        private WindowShares windows = WindowShares.NONE;
        private InferenceCost inference = InferenceCost.NONE;
        private long frames;
        private long firstPts;
        private long lastPts;

        Tally(Notices notices) {
            this.notices = notices;
        }

        void frame(long pts) {
            firstPts = frames == 0 ? pts : firstPts;
            lastPts = pts;
            frames++;
        }

        void reused(ReuseMap map) {
            windows = windows.plus(map.shares());
            inference = inference.plus(map.inference());
        }

        @Override
        public void warning(String line) {
            warnings.add(line);
            notices.warning(line);
        }

        @Override
        public void info(String line) {
            notices.info(line);
        }
    }
}
