package io.upflux.cluster;

import com.codahale.metrics.Gauge;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;

/** How far a library is, among Spark's metrics. */
final class DriverMetrics implements DriverPlugin {
    static final AtomicLong FILMS = new AtomicLong();
    static final AtomicLong DONE = new AtomicLong();
    static final AtomicLong FAILED = new AtomicLong();
    static final AtomicLong FRAMES = new AtomicLong();
    static final AtomicLong PROMISED = new AtomicLong();

    /** Begins to count. */
    static void begin(long films) {
        FILMS.set(films);
        List.of(DONE, FAILED, FRAMES, PROMISED).forEach(value -> value.set(0));
    }

    @Override
    public void registerMetrics(String appId, PluginContext context) {
        context.metricRegistry().register("films", (Gauge<Long>) FILMS::get);
        context.metricRegistry().register("films.done", (Gauge<Long>) DONE::get);
        context.metricRegistry().register("films.failed", (Gauge<Long>) FAILED::get);
        context.metricRegistry().register("frames.done", (Gauge<Long>) FRAMES::get);
        context.metricRegistry().register("frames.promised", (Gauge<Long>) PROMISED::get);
    }
}
