package io.upflux.cluster;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.segment.ResolverPool;
import io.upflux.server.segment.Resolvers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Models that stay open as long as the executor: one for each of its tasks that run at a time. */
final class Warm {
    private record Use(String model, String device, int threads, String halting) {}

    private static final ResolverPool<Use> POOL = new ResolverPool<>();

    private final Catalogue catalogue = Catalogue.standard(Notices.none());
    private final ModelCard card;
    private final Use use;

    private Warm(Order order) {
        card = catalogue.find(order.model().here(catalogue), null);
        use = new Use(
                order.model().sha256() + " " + card.name(), device(order.device()), order.threads(), order.halting());
    }

    /** For the calling task. */
    static Warm of(Order order) {
        return new Warm(order);
    }

    ModelCard card() {
        return card;
    }

    Resolvers resolvers() {
        return POOL.of(
                use,
                () -> catalogue.open(card, Device.parse(use.device()), use.threads(), Halting.parse(use.halting())));
    }

    /** One that is taken already, for callees that take and give back. */
    static Resolvers only(SuperResolver taken) {
        return new Resolvers() {
            @Override
            public SuperResolver take() {
                return taken;
            }

            @Override
            public void giveBack(SuperResolver resolver) {}
        };
    }

    /** Closes all; when no task runs any more. */
    static void close() {
        POOL.close();
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    /** The GPU that Spark assigned to the task, if it did. */
    private static String device(String asked) {
        TaskContext task = TaskContext.get();
        Map<String, ResourceInformation> resources = task == null ? Map.of() : task.resourcesJMap();
        ResourceInformation gpu = resources.get("gpu");
        boolean any = asked.equals("auto") || asked.equals("cuda");
        return gpu == null || !any ? asked : "cuda:" + gpu.addresses()[0];
    }
}
