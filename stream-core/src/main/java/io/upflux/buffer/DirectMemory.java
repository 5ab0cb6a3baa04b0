package io.upflux.buffer;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import sun.misc.Unsafe;

/**
 * A block of direct memory that is freed when told to, not when the garbage collector comes by: pictures are large and
 * the heap is small, so the collector would come far too late.
 */
final class DirectMemory {
    private static final Unsafe UNSAFE = unsafe();
    private static final AtomicLong ALLOCATED = new AtomicLong();

    private final ByteBuffer root;
    private final ByteBuffer bytes;

    private DirectMemory(ByteBuffer root, ByteBuffer bytes) {
        this.root = root;
        this.bytes = bytes;
    }

    static DirectMemory allocate(int size, int alignment) {
        // alignedSlice rounds its end down, so a whole number of units must fit behind the rounded-up start.
        ByteBuffer root = reserve(Math.addExact(size, 2 * alignment));
        ByteBuffer bytes = root.alignedSlice(alignment).limit(size).slice().order(ByteOrder.nativeOrder());
        ALLOCATED.addAndGet(size);
        return new DirectMemory(root, bytes);
    }

    private static ByteBuffer reserve(int size) {
        try {
            return ByteBuffer.allocateDirect(size);
        } catch (OutOfMemoryError e) {
            throw new MemoryExhaustedException(size, e);
        }
    }

    /** Bytes allocated and not freed, over all scopes. */
    static long allocated() {
        return ALLOCATED.get();
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** To be called once; no view may be used afterwards. */
    void free() {
        ALLOCATED.addAndGet(-bytes.capacity());
        UNSAFE.invokeCleaner(root);
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
