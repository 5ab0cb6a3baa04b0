package io.upflux.cluster;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.OutputOptions;
import io.upflux.models.ScaleChoice;
import io.upflux.reuse.ReuseMode;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What is to be done with every film of a library; broadcast to the executors.
 *
 * @param size how much larger
 * @param models those that films of some height go through
 * @param device as {@code --device} takes it; where Spark assigns a GPU, {@code auto}, {@code cuda} and {@code tensorrt} are that one
 * @param threads of one inference and one encoder
 * @param halting as {@code --halting} takes it
 * @param guard whether pictures that come out spoilt are looked for
 * @param seconds wanted length of a segment
 * @param upflux version of the driver
 * @param stores what is known of file systems
 */
record Order(
        InputOptions reading,
        OutputOptions encoding,
        ScaleChoice size,
        List<ModelCopy> models,
        String device,
        int threads,
        String halting,
        ReuseMode reuse,
        boolean guard,
        double seconds,
        String upflux,
        SerializableConfiguration stores)
        implements Serializable {
    Order {
        models = List.copyOf(models);
    }

    /** The one of a name that a plan has chosen. */
    ModelCopy model(String name) {
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Configuration configuration() {
        return stores.value();
    }
}
