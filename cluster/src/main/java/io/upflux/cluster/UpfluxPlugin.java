package io.upflux.cluster;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/** Upflux's metrics among Spark's ({@code spark.plugins}). */
public final class UpfluxPlugin implements SparkPlugin {
    /** Made by Spark. */
    public UpfluxPlugin() {}

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverMetrics();
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorMetrics();
    }
}
