package io.upflux.codecs.input;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts pictures that a decoder skips without an error, as that of MPEG-2 does where it finds none in a packet: many packets in
 * a row of which nothing comes. Some codecs have packets that show nothing, never many in a row. One thread at a time.
 */
final class SkippedPictures {
    private static final int HIDDEN_IN_A_ROW = 3;

    private final Damage damage;

    /** Times of the packets since the last picture that are not counted yet; the latest may be one that a picture comes of. */
    private final Deque<Long> fruitless = new ArrayDeque<>();

    private boolean begun;
    private boolean skipping;

    SkippedPictures(Damage damage) {
        this.damage = damage;
    }

    /** A packet went to the decoder. */
    void sent(long time) {
        if (begun) {
            fruitless.add(time);
            if (fruitless.size() > HIDDEN_IN_A_ROW + 1) {
                skipping = true;
                damage.add(1, fruitless.remove());
            }
        }
    }

    /** The decoder said that it could not decode a packet. */
    void failed(long time) {
        fruitless.remove(time);
    }

    /** A picture came. @param of the latest packet, if not of what the decoder held back */
    void came(boolean ofLatest) {
        while (skipping && fruitless.size() > (ofLatest ? 1 : 0)) {
            damage.add(1, fruitless.remove());
        }
        fruitless.clear();
        skipping = false;
        begun = true;
    }

    /** What comes next follows nothing. */
    void restart() {
        fruitless.clear();
        skipping = false;
        begun = false;
    }
}
