package io.upflux.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.upflux.pipeline.StreamException;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.LoggerFactory;

/**
 * Spark, where spark-submit or properties say, or else in this process.
 *
 * @param threads of one task
 */
record Session(SparkSession spark, int threads) implements AutoCloseable {
    private static final Map<String, Level> LEVELS = Map.of(
            "org.apache.spark", Level.ERROR,
            "org.apache.hadoop", Level.ERROR,
            "org.apache.spark.SparkContext", Level.OFF,
            "org.apache.spark.executor.Executor", Level.OFF,
            "org.apache.spark.scheduler.TaskSetManager", Level.OFF);
    private static final String CPUS = "spark.task.cpus";
    private static final String PLUGINS = "spark.plugins";

    /**
     * @param threads wanted for a task; 0 for as many as it has processors
     * @throws StreamException when Spark does not start
     */
    static Session open(Map<String, String> properties, int threads) {
        quiet();
        SparkConf conf = new SparkConf();
        properties.forEach(conf::set);
        conf.setIfMissing("spark.app.name", "upflux");
        if (!conf.contains("spark.master")) {
            conf.set("spark.master", "local[*]");
            conf.setIfMissing("spark.ui.enabled", "false");
        }
        conf.setIfMissing("spark.metrics.namespace", "upflux");
        if (threads > 0) {
            conf.setIfMissing(CPUS, String.valueOf(threads));
        }
        // Joins do not wait behind the segments of other films.
        conf.setIfMissing("spark.scheduler.mode", "FAIR");
        String plugin = UpfluxPlugin.class.getName();
        conf.set(PLUGINS, conf.contains(PLUGINS) ? conf.get(PLUGINS) + "," + plugin : plugin);
        SparkSession spark;
        try {
            spark = SparkSession.builder().config(conf).getOrCreate();
        } catch (Exception e) {
            // Checked ones, too, though undeclared.
            throw new StreamException("Spark does not start: " + Failures.reason(e), e);
        }
        return new Session(spark, threads > 0 ? threads : Integer.parseInt(conf.get(CPUS, "1")));
    }

    /**
     * Where logs are ours (spark-submit has its own): what Spark and Hadoop warn of concerns who runs a cluster, and tasks that
     * fail are told of with their films. Whoever asks for more (-v) gets it.
     */
    private static void quiet() {
        LEVELS.forEach((name, level) -> {
            if (LoggerFactory.getLogger(name) instanceof Logger logger && !logger.isInfoEnabled()) {
                logger.setLevel(level);
            }
        });
    }

    @Override
    public void close() {
        spark.stop();
    }
}
