package io.upflux.server.live;

import io.upflux.codecs.Fragment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Fragments that belong together as the bytes of one movie, header first. Reading waits for the next one. */
final class Movie implements ReadableByteChannel {
    private final Iterator<Fragment> rest;
    private final Form form;
    private final Predicate<Fragment> belongs;
    private ByteBuffer current;
    private @Nullable ByteBuffer following;
    private @Nullable Fragment next;
    private volatile boolean closed;

    /**
     * @param first with which decoding can start
     * @param rest what follows
     * @param belongs whether one of them is still of this movie
     */
    Movie(Fragment first, Iterator<Fragment> rest, Form form, Predicate<Fragment> belongs) {
        this.rest = rest;
        this.form = form;
        this.belongs = fragment -> fragment.header() == first.header() && belongs.test(fragment);
        this.current = form.header(first.header());
        this.following = form.media(first);
    }

    /** After the end: the first fragment that does not belong; null when there is none. */
    @Nullable
    Fragment next() {
        return next;
    }

    @Override
    public int read(ByteBuffer target) throws ClosedChannelException {
        while (!current.hasRemaining()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            try {
                if (!advance()) {
                    return -1;
                }
            } catch (RuntimeException e) {
                // Interrupted; native code that reads here understands nothing else.
                throw new ClosedByInterruptException();
            }
        }
        int count = Math.min(target.remaining(), current.remaining());
        target.put(current.slice().limit(count));
        current.position(current.position() + count);
        return count;
    }

    private boolean advance() {
        ByteBuffer known = following;
        if (known != null) {
            current = known;
            following = null;
            return true;
        }
        if (next != null || !rest.hasNext()) {
            return false;
        }
        Fragment fragment = rest.next();
        if (!belongs.test(fragment)) {
            next = fragment;
            return false;
        }
        current = form.media(fragment);
        return true;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
