package io.upflux.server.live;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Closing many: each mostly waits, so all do at the same time, whatever the number of processors. */
final class AtOnce {
    private AtOnce() {}

    /** Does to each what is said, on a thread of its own; returns when all is done, or fails as one of them did. */
    static <T> void each(Collection<T> many, Consumer<T> work) {
        CompletableFuture<?>[] all = many.stream()
                .map(one -> CompletableFuture.runAsync(
                        () -> work.accept(one), task -> new Thread(task, "upflux-closing").start()))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(all).join();
    }
}
