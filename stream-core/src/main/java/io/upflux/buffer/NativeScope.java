package io.upflux.buffer;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Owner of all native memory of one pipeline.
 *
 * <p>Reactor may lose elements when a chain is cancelled, so ownership by hand-over is not enough: every buffer also
 * belongs to its scope. {@link #close()}, called when the pipeline's threads have stopped, frees what is outstanding
 * and says how many buffers that were; after a run that completed the answer is 0. Allocated memory is reused within
 * the scope, so a steady stream allocates nothing. Thread-safe.
 */
public final class NativeScope implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final Set<NativeBuffer> outstanding = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ConcurrentLinkedQueue<DirectMemory>> idle = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Bytes that all scopes of this process have allocated and not freed, lent or idle. */
    public static long allocated() {
        return DirectMemory.allocated();
    }

    /**
     * Zero-filled on first use only: reused memory keeps its old content.
     *
     * @throws MemoryExhaustedException when there is no more
     */
    public NativeBuffer allocate(int bytes) {
        ConcurrentLinkedQueue<DirectMemory> shelf = idle.computeIfAbsent(bytes, size -> new ConcurrentLinkedQueue<>());
        DirectMemory reused = shelf.poll();
        DirectMemory memory = reused != null ? reused : DirectMemory.allocate(bytes, ALIGNMENT);
        return register(memory.bytes(), () -> {
            if (closed) {
                memory.free();
            } else {
                shelf.add(memory);
            }
        });
    }

    /**
     * Takes memory that something else allocated into the scope.
     *
     * @param bytes a direct view of it
     * @param free returns it; called exactly once, from whichever thread releases last
     */
    public NativeBuffer adopt(ByteBuffer bytes, Runnable free) {
        return register(bytes, free);
    }

    /** An uninitialised frame of {@code format}, rows aligned to 64 bytes, owned by the caller. */
    public VideoFrame frame(FrameFormat format, long pts, long duration) {
        int planes = format.layout().planes();
        int[] offsets = new int[planes + 1];
        int[] strides = new int[planes];
        for (int i = 0; i < planes; i++) {
            strides[i] = align(format.planeWidth(i) * format.layout().bytesPerSample());
            offsets[i + 1] = Math.addExact(offsets[i], Math.multiplyExact(strides[i], format.planeHeight(i)));
        }
        NativeBuffer memory = allocate(offsets[planes]);
        List<Plane> views = new ArrayList<>(planes);
        for (int i = 0; i < planes; i++) {
            ByteBuffer view = memory.bytes()
                    .slice(offsets[i], offsets[i + 1] - offsets[i])
                    .order(ByteOrder.nativeOrder());
            views.add(new Plane(view, strides[i], format.planeWidth(i), format.planeHeight(i)));
        }
        return new VideoFrame(format, views, memory, pts, duration);
    }

    /** Buffers that are not released yet. */
    public int outstanding() {
        return outstanding.size();
    }

    /** Frees everything. Must only be called when no thread uses the scope's buffers any more. Idempotent. */
    @Override
    public void close() {
        reclaim();
    }

    /**
     * As {@link #close()}.
     *
     * @return how many buffers their owners had not released: 0 unless elements were lost
     */
    public int reclaim() {
        closed = true;
        int lost = 0;
        for (NativeBuffer buffer : outstanding) {
            if (outstanding.remove(buffer)) {
                buffer.reclaim();
                lost++;
            }
        }
        for (ConcurrentLinkedQueue<DirectMemory> shelf : idle.values()) {
            for (DirectMemory memory = shelf.poll(); memory != null; memory = shelf.poll()) {
                memory.free();
            }
        }
        return lost;
    }

    void returned(NativeBuffer buffer) {
        outstanding.remove(buffer);
    }

    private NativeBuffer register(ByteBuffer bytes, Runnable free) {
        if (closed) {
            free.run();
            throw new IllegalStateException("the pipeline's native scope is closed");
        }
        NativeBuffer buffer = new NativeBuffer(this, bytes, free);
        outstanding.add(buffer);
        return buffer;
    }

    private static int align(int bytes) {
        return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    }
}
