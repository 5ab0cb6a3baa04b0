package io.upflux.cluster;

import java.util.UUID;

/** Names for what one attempt writes, so that no other one, here or elsewhere, writes the same. */
final class Attempt {
    private Attempt() {}

    static String name() {
        return UUID.randomUUID().toString().substring(0, 13);
    }
}
