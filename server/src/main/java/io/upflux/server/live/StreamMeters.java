package io.upflux.server.live;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.upflux.pipeline.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What monitoring sees of a stream, until it is closed. */
final class StreamMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();

    StreamMeters(LiveStream stream, MeterRegistry registry) {
        this.registry = registry;
        Tags tags = Tags.of("stream", stream.name());
        StreamCounters counters = stream.counters();
        meters.addAll(counters.latencies().bind(registry, tags));
        meters.add(FunctionCounter.builder("upflux.stream.decoded.frames", counters, StreamCounters::in)
                .tags(tags)
                .description("Frames decoded")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.encoded.frames", counters, StreamCounters::out)
                .tags(tags)
                .description("Frames upscaled and encoded")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.dropped.frames", counters, StreamCounters::dropped)
                .tags(tags)
                .description("Decoded frames given up because newer ones were there, or they would have come too late")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.spoilt.frames", counters, StreamCounters::spoiltFrames)
                .tags(tags)
                .description("Frames that came out black, flat, with seams or no numbers: computed again or resized")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.fragments", counters, StreamCounters::fragments)
                .tags(tags)
                .description("Fragments made")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.fragment.bytes", counters, StreamCounters::bytes)
                .tags(tags)
                .description("Bytes of fragments over all containers")
                .register(registry));
        meters.add(FunctionCounter.builder("upflux.stream.skipped.fragments", counters, StreamCounters::skipped)
                .tags(tags)
                .description("Fragments that viewers did not get because they were too slow")
                .register(registry));
        for (String rendition : stream.renditions().keySet()) {
            meters.add(FunctionCounter.builder(
                            "upflux.stream.rendition.skipped.frames", counters, all -> all.leftOutOf(rendition))
                    .tags(tags.and("rendition", rendition))
                    .description("Frames left out because the rendition's encoder was too slow")
                    .register(registry));
            meters.add(FunctionCounter.builder(
                            "upflux.stream.rendition.failures", counters, all -> all.failuresOf(rendition))
                    .tags(tags.and("rendition", rendition))
                    .description("Times the rendition's encoder or container failed, and was begun again")
                    .register(registry));
        }
        meters.add(FunctionCounter.builder("upflux.stream.source.openings", counters, StreamCounters::sessions)
                .tags(tags)
                .description("Times the source was opened")
                .register(registry));
        meters.add(Gauge.builder("upflux.stream.viewers", stream, LiveStream::viewers)
                .tags(tags)
                .description("Viewers who follow over an open connection")
                .register(registry));
        meters.add(Gauge.builder(
                        "upflux.stream.live", stream, live -> live.status().state() == StreamState.LIVE ? 1 : 0)
                .tags(tags)
                .description("1 while frames come")
                .register(registry));
        meters.add(Gauge.builder(
                        "upflux.stream.rung",
                        counters,
                        all -> all.rungs()
                                .map(RungCounters::now)
                                .map(RungStatus::index)
                                .orElse(0))
                .tags(tags)
                .description("Rung of the ladder that frames are made at, 0 the best")
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "upflux.stream.rung.changes",
                        counters,
                        all -> all.rungs().map(RungCounters::moves).orElse(0L))
                .tags(tags)
                .description("Moves from rung to rung")
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "upflux.stream.late.frames",
                        counters,
                        all -> all.rungs().map(RungCounters::late).orElse(0L))
                .tags(tags)
                .description("Frames that were encoded after their deadline")
                .register(registry));
        for (String rung : Ladder.RUNGS) {
            meters.add(FunctionCounter.builder(
                            "upflux.stream.rung.frames",
                            counters,
                            all -> all.rungs().map(rungs -> rungs.frames(rung)).orElse(0L))
                    .tags(tags.and("rung", rung))
                    .description("Frames by the rung that they were made or dropped at")
                    .register(registry));
            meters.add(FunctionCounter.builder(
                            "upflux.stream.rung.time",
                            counters,
                            all -> all.rungs().map(rungs -> rungs.seconds(rung)).orElse(0.0))
                    .tags(tags.and("rung", rung))
                    .baseUnit("seconds")
                    .description("Time at each rung that makes frames")
                    .register(registry));
            meters.add(Gauge.builder(
                            "upflux.stream.rung.here",
                            counters,
                            all -> all.rungs().map(rungs -> rungs.isAt(rung)).orElse(false) ? 1 : 0)
                    .tags(tags.and("rung", rung))
                    .description("1 for the rung that frames are made at")
                    .register(registry));
        }
        meters.add(FunctionCounter.builder(
                        "upflux.stream.inference.time",
                        counters,
                        all -> all.inference().seconds())
                .tags(tags)
                .baseUnit("seconds")
                .description("Time that inference of upscaled frames took")
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "upflux.stream.inference.predicted.time",
                        counters,
                        all -> all.inference().predictedSeconds())
                .tags(tags)
                .baseUnit("seconds")
                .description("Time that it was supposed to take by the calibrated cost model")
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "upflux.stream.batch.tiles",
                        counters,
                        all -> all.inference().tiles())
                .tags(tags)
                .description("Tiles and squares computed in batches")
                .register(registry));
        meters.add(FunctionCounter.builder(
                        "upflux.stream.batch.places",
                        counters,
                        all -> all.inference().places())
                .tags(tags)
                .description("Places of these batches, filled or not")
                .register(registry));
        for (Stage stage : Stage.values()) {
            meters.add(FunctionCounter.builder("upflux.stage.busy", counters, all -> all.seconds(stage))
                    .tags(tags.and("stage", stage.name().toLowerCase(Locale.ROOT)))
                    .baseUnit("seconds")
                    .description("Time a stage of the pipeline was busy")
                    .register(registry));
        }
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
