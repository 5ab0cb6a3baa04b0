package io.upflux.cluster;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import scala.Option;

/**
 * Spark's own cluster in this process, of a master and of two workers that have an address each, and {@code spark-submit} to it:
 * Spark's local cluster has one host, and the same task twice on one host is what it never does.
 */
public final class TwoHosts {
    private static final int CORES = 1;
    private static final int MEGABYTES = 1024;

    private TwoHosts() {}

    /** @param arguments of spark-submit, whose master is replaced */
    public static void main(String[] arguments) {
        SparkConf conf = new SparkConf().set("spark.ui.enabled", "false");
        String url = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)
                ._1()
                .address()
                .toSparkURL();
        for (String host : List.of("127.0.0.1", "127.0.0.2")) {
            Worker.startRpcEnvAndEndpoint(
                    host,
                    0,
                    0,
                    CORES,
                    MEGABYTES,
                    new String[] {url},
                    System.getenv("SPARK_WORKER_DIR"),
                    Option.apply(host.hashCode()),
                    conf,
                    Option.empty());
        }
        String[] submit = Stream.of(arguments)
                .map(word -> word.equals("two-hosts") ? url : word)
                .toArray(String[]::new);
        SparkSubmit.main(submit);
        System.exit(0);
    }
}
