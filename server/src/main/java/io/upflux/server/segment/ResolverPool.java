package io.upflux.server.segment;

import io.upflux.pipeline.SuperResolver;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Open models, kept from one use to the next and lent to one user at a time. Thread-safe.
 *
 * @param <K> what tells models apart
 */
public final class ResolverPool<K> implements AutoCloseable {
    private final Set<SuperResolver> lent = Collections.newSetFromMap(new IdentityHashMap<>());
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

    /** Closes what nobody uses, and the rest when it is given back. What is asked for afterwards is opened anew. */
    @Override
    public synchronized void close() {
        idle.values().forEach(resolvers -> resolvers.forEach(SuperResolver::close));
        idle.clear();
        lent.clear();
    }

    private synchronized SuperResolver take(K key, Supplier<SuperResolver> open) {
        SuperResolver resolver =
                idle.computeIfAbsent(key, any -> new ArrayDeque<>()).poll();
        if (resolver == null) {
            resolver = open.get();
        }
        lent.add(resolver);
        return resolver;
    }

    private synchronized void giveBack(K key, SuperResolver resolver) {
        if (lent.remove(resolver)) {
            idle.computeIfAbsent(key, any -> new ArrayDeque<>()).push(resolver);
        } else {
            resolver.close();
        }
    }
}
