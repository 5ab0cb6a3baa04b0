package io.upflux.server.segment;

import io.upflux.pipeline.SuperResolver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Open models, kept from one use to the next and lent to one user at a time. Thread-safe.
 *
 * @param <K> what tells models apart
 */
public final class ResolverPool<K> implements AutoCloseable {
    private final List<SuperResolver> all = new ArrayList<>();
    private final Map<K, Deque<SuperResolver>> idle = new HashMap<>();

    /** @param open opens one more; it will be closed by this */
    public Resolvers of(K key, Supplier<SuperResolver> open) {
        return new Resolvers() {
            @Override
            public SuperResolver take() {
                return ResolverPool.this.take(key, open);
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

    private synchronized SuperResolver take(K key, Supplier<SuperResolver> open) {
        SuperResolver waiting =
                idle.computeIfAbsent(key, any -> new ArrayDeque<>()).poll();
        if (waiting != null) {
            return waiting;
        }
        SuperResolver opened = open.get();
        all.add(opened);
        return opened;
    }

    private synchronized void giveBack(K key, SuperResolver resolver) {
        idle.computeIfAbsent(key, any -> new ArrayDeque<>()).push(resolver);
    }
}
