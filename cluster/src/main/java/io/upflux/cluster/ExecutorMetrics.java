package io.upflux.cluster;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;

/** What an executor has done, among Spark's metrics. */
final class ExecutorMetrics implements ExecutorPlugin {
    static final LongAdder FRAMES = new LongAdder();
    static final LongAdder WRITTEN = new LongAdder();

    /** Seconds that devices were busy with segments. */
    static final DoubleAdder BUSY = new DoubleAdder();

    @Override
    public void init(PluginContext context, Map<String, String> extraConf) {
        MetricRegistry metrics = context.metricRegistry();
        metrics.register("frames", (Gauge<Long>) FRAMES::sum);
        metrics.register("device.seconds", (Gauge<Double>) BUSY::sum);
        metrics.register("bytes.read", (Gauge<Long>) HadoopStorage.BYTES::sum);
        metrics.register("bytes.written", (Gauge<Long>) WRITTEN::sum);
        metrics.register("leaps", (Gauge<Long>) HadoopStorage.LEAPS::sum);
    }

    @Override
    public void shutdown() {
        Warm.close();
    }
}
