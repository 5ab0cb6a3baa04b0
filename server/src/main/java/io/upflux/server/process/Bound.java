package io.upflux.server.process;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * What a process is held to: a quantity that may grow up to a limit.
 *
 * @param quantity as it is now
 * @param limit of it, now
 * @param exceeded told of a quantity beyond its limit, each time that it is seen there
 */
public record Bound(LongSupplier quantity, LongSupplier limit, LongConsumer exceeded) {
    private static final Duration LOOK = Duration.ofMillis(200);

    /**
     * The memory that a process takes.
     *
     * @param bytes that it may have resident
     * @param key of the configuration that says so
     * @param exceeded told in a line what it took and what it may
     */
    public static Bound memory(Process process, long bytes, String key, Consumer<String> exceeded) {
        return new Bound(
                () -> Residence.bytes(process.pid()),
                () -> bytes,
                taken -> exceeded.accept(
                        "took " + (taken >> 20) + " MiB of memory; " + key + " allows " + (bytes >> 20) + " MiB"));
    }

    /** Looks at bounds several times a second, until disposed; the first that is exceeded is told. */
    public static Disposable watch(Bound... bounds) {
        List<Bound> all = List.of(bounds);
        return Flux.interval(LOOK, Schedulers.boundedElastic()).subscribe(tick -> {
            for (Bound bound : all) {
                if (bound.look()) {
                    return;
                }
            }
        });
    }

    /** @return whether it is exceeded */
    private boolean look() {
        long now = quantity.getAsLong();
        boolean beyond = now > limit.getAsLong();
        if (beyond) {
            exceeded.accept(now);
        }
        return beyond;
    }
}
