package io.upflux.server.live;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.upflux.models.Catalogue;
import io.upflux.models.sharing.OpenModels;

/** What monitoring sees of the networks that streams share. */
final class SharingMeters {
    private SharingMeters() {}

    static void bind(OpenModels models, MeterRegistry registry) {
        Gauge.builder("upflux.shared.networks", models, OpenModels::networks)
                .description("Networks that are open")
                .register(registry);
        Gauge.builder("upflux.shared.users", models, OpenModels::users)
                .description("Users of open networks: rungs of streams")
                .register(registry);
        Gauge.builder("upflux.shared.waiting", models, OpenModels::waiting)
                .description("Calls of networks that wait for their turn")
                .register(registry);
        FunctionCounter.builder("upflux.shared.calls", models, OpenModels::calls)
                .description("Calls of networks, each of one stream")
                .register(registry);
        FunctionCounter.builder("upflux.shared.runs", models, OpenModels::runs)
                .description("Turns in which calls were computed, one alone or several together")
                .register(registry);
        FunctionCounter.builder("upflux.shared.wait", models, OpenModels::waitedSeconds)
                .baseUnit("seconds")
                .description("Time that calls waited for their turn")
                .register(registry);
        FunctionCounter.builder("upflux.inference.faults", models.catalogue(), Catalogue::inferenceFaults)
                .description("Inferences that failed and were computed again")
                .register(registry);
    }
}
