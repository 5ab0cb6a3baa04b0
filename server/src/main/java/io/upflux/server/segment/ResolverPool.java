package io.upflux.server.cli;

import io.upflux.models.Catalogue;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.SuperResolver;
import io.upflux.server.segment.Resolvers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Open models, kept from one file to the next and lent to one user at a time. Thread-safe. */
final class ResolverPool implements AutoCloseable {
    private record Key(String model, int threads) {}

    private final Catalogue catalogue;
    private final ModelOptions models;
    private final List<SuperResolver> all = new ArrayList<>();
    private final Map<Key, Deque<SuperResolver>> idle = new HashMap<>();

    ResolverPool(Catalogue catalogue, ModelOptions models) {
        this.catalogue = catalogue;
        this.models = models;
    }

    /** @param threads of each, 0 for as many as there are processors */
    Resolvers of(ModelCard card, int threads) {
        Key key = new Key(card.name(), threads);
        return new Resolvers() {
            @Override
            public SuperResolver take() {
                return ResolverPool.this.take(key, card);
            }

            @Override
            public void giveBack(SuperResolver resolver) {
                ResolverPool.this.giveBack(key, resolver);
            }
        };
    }

    /** When nothing is lent. */
    @Override
    public synchronized void close() {
        all.forEach(SuperResolver::close);
        all.clear();
        idle.clear();
    }

    private synchronized SuperResolver take(Key key, ModelCard card) {
        SuperResolver waiting =
                idle.computeIfAbsent(key, any -> new ArrayDeque<>()).poll();
        if (waiting != null) {
            return waiting;
        }
        SuperResolver opened = models.open(catalogue, card, key.threads());
        all.add(opened);
        return opened;
    }

    private synchronized void giveBack(Key key, SuperResolver resolver) {
        idle.computeIfAbsent(key, any -> new ArrayDeque<>()).push(resolver);
    }
}
