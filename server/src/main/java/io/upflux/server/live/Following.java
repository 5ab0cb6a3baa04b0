package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import java.util.Iterator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Fragments for a thread that waits for them, which is none of those who watch; else as any {@link Viewer} gets them. To be closed,
 * or it follows for ever.
 */
final class Following implements Iterator<Fragment>, AutoCloseable {
    private final Sinks.Empty<Void> over = Sinks.empty();
    private final Viewer viewer;
    private final Iterator<Fragment> fragments;

    /**
     * @param form whose bytes count
     * @param bytes what may wait
     * @param stop ends it
     */
    Following(FragmentWindow window, Form form, long bytes, Mono<Void> stop) {
        viewer = new Viewer(window, bytes, fragment -> form.media(fragment).remaining(), () -> true, false);
        fragments = viewer.fragments()
                .takeUntilOther(Mono.firstWithSignal(stop, over.asMono()))
                .toIterable(1)
                .iterator();
    }

    /** Waits for the next fragment, or the end. */
    @Override
    public boolean hasNext() {
        return fragments.hasNext();
    }

    @Override
    public Fragment next() {
        return fragments.next();
    }

    /** Fragments that came too fast. */
    long skipped() {
        return viewer.skipped();
    }

    @Override
    public void close() {
        over.tryEmitEmpty();
    }
}
