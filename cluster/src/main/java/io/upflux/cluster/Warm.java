package io.upflux.cluster;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.segment.ResolverPool;
import io.upflux.server.segment.Resolvers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Models that stay open as long as the executor: one for each of its tasks that run at a time. */
final class Warm {
    private record Use(String model, String device, int threads, String halting) {}

    private static final ResolverPool<Use> POOL = new ResolverPool<>();

    private final ModelCopy model;
    private final ModelCard card;
    private final Use use;

    private Warm(Order order, String device, ModelCopy model, ModelCard card) {
        this.model = model;
        this.card = card;
        use = new Use(model.sha256() + " " + card.name(), device, order.threads(), order.halting());
    }

    /** For pictures that are shown with this height. */
    static Warm of(Order order, String device, int shownHeight) {
        Catalogue catalogue = Catalogue.standard();
        List<ModelCard> cards =
                order.models().stream().map(model -> model.here(catalogue)).toList();
        ModelCard card = order.size().model(cards, shownHeight);
        return new Warm(order, device, order.models().get(cards.indexOf(card)), card);
    }

    /** As it was planned. */
    static Warm of(Order order, String device, FilmPlan plan) {
        ModelCopy model = order.model(plan.options().model());
        return new Warm(order, device, model, model.here(Catalogue.standard()));
    }

    /** What plans call it. */
    String name() {
        return model.name();
    }

    ModelCard card() {
        return card;
    }

    Resolvers resolvers() {
        return POOL.of(use, this::open);
    }

    private SuperResolver open() {
        return Catalogue.standard().open(card, Device.parse(use.device()), use.threads(), Halting.parse(use.halting()));
    }

    /** How a model computes: what differs here may differ in pictures. */
    static String arithmetic(SuperResolver resolver) {
        return resolver.traits().kind() + " " + resolver.traits().precision();
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

    /** Closes all; what a task still uses, when it gives it back. */
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

    /** The GPU that Spark assigned to the task of the calling thread, if it did; what was asked for otherwise. */
    static String device(String asked) {
        TaskContext task = TaskContext.get();
        Map<String, ResourceInformation> resources = task == null ? Map.of() : task.resourcesJMap();
        ResourceInformation gpu = resources.get("gpu");
        if (gpu == null) {
            return asked;
        }
        return switch (asked) {
            case "auto", "cuda" -> "cuda:" + gpu.addresses()[0];
            case "tensorrt" -> "tensorrt:" + gpu.addresses()[0];
            default -> asked;
        };
    }
}
