package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.FragmentHeader;
import java.nio.ByteBuffer;
import java.time.Instant;
import reactor.core.publisher.Flux;

/** Made-up fragments of 200 ms. */
public final class Fragments {
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    public static final int MICROS = 200_000;

    private Fragments() {}

    public static FragmentHeader header() {
        return new FragmentHeader("avc1.640028", "mp4a.40.2", 640, 360, 25, ByteBuffer.wrap(new byte[] {9}));
    }

    /** The {@code index}-th of a stream whose segments have five, {@code bytes} large in each container. */
    public static Fragment of(FragmentHeader header, int index, int bytes) {
        boolean first = index % 5 == 0;
        return new Fragment(
                header,
                first,
                first,
                (long) index * MICROS,
                MICROS,
                START.plusMillis(200L * index),
                ByteBuffer.wrap(new byte[bytes]).put(0, (byte) index),
                ByteBuffer.wrap(new byte[bytes]));
    }

    /** What one gets who follows, from the last key frame on. @param bytes that may wait */
    static Flux<Fragment> follow(FragmentWindow window, long bytes) {
        return new Viewer(window, bytes, Fragment::bytes, () -> true).fragments();
    }
}
