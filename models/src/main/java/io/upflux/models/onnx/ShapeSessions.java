package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One session per form of tiles, shared by the batches of that form. Of the forms that no batch uses any more the last
 * few are kept, since the next file often has the same; the others are closed, so that a long-lived resolver does not
 * grow. Thread-safe.
 */
final class ShapeSessions implements AutoCloseable {
    private static final int IDLE = 2;

    private final SessionFactory factory;
    private final Provider provider;
    private final String label;
    private final Map<Form, Entry> entries = new LinkedHashMap<>();
    private boolean closed;

    ShapeSessions(SessionFactory factory, Provider provider, String label) {
        this.factory = factory;
        this.provider = provider;
        this.label = label;
    }

    /**
     * What a session is made for.
     *
     * @param coding between which planes it converts; null where pictures are samples
     * @param bare whether it makes no features beside pictures
     */
    record Form(TileShape shape, @Nullable PlaneCoding coding, boolean bare) {
        /** Of sessions that make features, where the graph has any. */
        Form(TileShape shape, @Nullable PlaneCoding coding) {
            this(shape, coding, false);
        }

        static Form ofSamples(TileShape shape) {
            return new Form(shape, null);
        }
    }

    private static final class Entry {
        private final OrtSession session;
        private int users;

        Entry(OrtSession session) {
            this.session = session;
        }
    }

    PassGraph graph() {
        return factory.graph();
    }

    /** As {@link SessionFactory#convertsPlanes}. */
    boolean convertsPlanes() {
        return factory.convertsPlanes();
    }

    /** For tensors of these sessions, as their provider likes it best; to be closed by the caller. */
    TileMemory memory() {
        return new TileMemory(CudaPages.of(provider));
    }

    /** To be paired with {@link #release}. */
    synchronized OrtSession acquire(Form form) {
        if (closed) {
            throw new IllegalStateException(label + " is closed");
        }
        Entry entry = entries.remove(form);
        if (entry == null) {
            try {
                entry = new Entry(factory.of(provider, form));
            } catch (OrtException e) {
                TileShape shape = form.shape();
                throw new StreamException(
                        label + ": cannot run tiles of " + shape.width() + "x" + shape.height() + " in batches of "
                                + shape.batch() + ": " + Ort.reason(e),
                        e);
            }
        }
        entry.users++;
        // Re-inserted at the end: the order is that of use.
        entries.put(form, entry);
        return entry.session;
    }

    synchronized void release(Form form) {
        Entry entry = entries.get(form);
        if (entry == null) {
            return;
        }
        entry.users--;
        long idle = entries.values().stream().filter(e -> e.users == 0).count();
        Iterator<Entry> oldest = entries.values().iterator();
        while (idle > IDLE && oldest.hasNext()) {
            Entry candidate = oldest.next();
            if (candidate.users == 0) {
                oldest.remove();
                close(candidate);
                idle--;
            }
        }
    }

    /** Closes the session of a form, unless somebody uses it. */
    synchronized void discard(Form form) {
        Entry entry = entries.get(form);
        if (entry != null && entry.users == 0) {
            entries.remove(form);
            close(entry);
        }
    }

    /** Sessions that are open now. */
    synchronized int open() {
        return entries.size();
    }

    /** Closes all, used or not. Must not be called while one runs. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        entries.values().forEach(ShapeSessions::close);
        entries.clear();
    }

    private static void close(Entry entry) {
        try {
            entry.session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
