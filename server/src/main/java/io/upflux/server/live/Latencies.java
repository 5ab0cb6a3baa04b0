package io.upflux.server.live;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.upflux.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** How long a stream's work takes, as histograms. Tells nobody before {@link #bind}. Thread-safe. */
final class Latencies {
    private static final Duration[] OF_WORK = millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000);
    private static final Duration[] OF_STREAMS =
            millis(50, 100, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10000);

    private record Timers(Map<Stage, Timer> stages, Timer glass) {}

    private volatile @Nullable Timers timers;

    /**
     * Shows monitoring what comes from now on.
     *
     * @return by these
     */
    List<Meter> bind(MeterRegistry registry, Tags tags) {
        Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
        for (Stage stage : Stage.values()) {
            stages.put(
                    stage,
                    Timer.builder("upflux.stage.duration")
                            .tags(tags.and("stage", stage.name().toLowerCase(Locale.ROOT)))
                            .description("Time of one piece of work of a stage")
                            .serviceLevelObjectives(OF_WORK)
                            .register(registry));
        }
        Timer glass = Timer.builder("upflux.stream.latency")
                .tags(tags)
                .description("From a frame's arrival, decoded and due, to its fragment being there for viewers")
                .serviceLevelObjectives(OF_STREAMS)
                .register(registry);
        timers = new Timers(stages, glass);
        List<Meter> all = new ArrayList<>(stages.values());
        all.add(glass);
        return all;
    }

    void worked(Stage stage, long nanos) {
        Timers known = timers;
        Timer timer = known == null ? null : known.stages().get(stage);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void shown(long nanos) {
        Timers known = timers;
        if (known != null) {
            known.glass().record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Duration[] millis(long... millis) {
        return LongStream.of(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
