package io.upflux.models.onnx;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.upflux.models.tile.PageLock;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks host memory for CUDA, which otherwise copies it through a buffer of its own, on the thread that asks. ONNX Runtime
 * needs not know: CUDA itself tells by the address ({@code cuMemHostRegister}, CUDA Driver API, Memory Management).
 */
final class CudaPages implements PageLock {
    private static final Logger LOG = LoggerFactory.getLogger(CudaPages.class);
    private static final Map<Integer, PageLock> DEVICES = new ConcurrentHashMap<>();

    /** {@code CU_MEMHOSTREGISTER_PORTABLE}: for all contexts. */
    private static final int PORTABLE = 1;

    private final Driver driver;
    private final Pointer context;

    private CudaPages(Driver driver, Pointer context) {
        this.driver = driver;
        this.context = context;
    }

    /** What is called of the driver. All return 0 when they have done it; {@code size_t} has 64 bits wherever CUDA runs. */
    interface Driver extends Library {
        int cuInit(int flags);

        int cuDeviceGet(IntByReference device, int ordinal);

        /** The context that all of a process share by default, ONNX Runtime among them. */
        int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

        int cuCtxPushCurrent_v2(Pointer context);

        int cuCtxPopCurrent_v2(PointerByReference context);

        int cuMemHostRegister_v2(Pointer memory, long bytes, int flags);

        int cuMemHostUnregister(Pointer memory);
    }

    /** What suits a provider. A device's context is kept until the process ends, as ONNX Runtime keeps it. */
    static PageLock of(Provider provider) {
        return provider.onGpu() && GpuOptions.standard().locked()
                ? DEVICES.computeIfAbsent(provider.device(), CudaPages::load)
                : PageLock.NONE;
    }

    private static PageLock load(int device) {
        try {
            return of(Native.load(Platform.isWindows() ? "nvcuda" : "libcuda.so.1", Driver.class), device);
        } catch (LinkageError e) {
            LOG.debug("memory for cuda:{} is not locked: {}", device, e.getMessage());
            return PageLock.NONE;
        }
    }

    static PageLock of(Driver driver, int ordinal) {
        IntByReference device = new IntByReference();
        PointerByReference context = new PointerByReference();
        boolean there = driver.cuInit(0) == 0
                && driver.cuDeviceGet(device, ordinal) == 0
                && driver.cuDevicePrimaryCtxRetain(context, device.getValue()) == 0;
        return there ? new CudaPages(driver, context.getValue()) : PageLock.NONE;
    }

    @Override
    public Runnable lock(ByteBuffer pages) {
        Pointer memory = Native.getDirectBufferPointer(pages);
        int code = inContext(() -> driver.cuMemHostRegister_v2(memory, pages.capacity(), PORTABLE));
        if (code != 0) {
            LOG.debug("{} bytes are not locked: CUDA says {}", pages.capacity(), code);
            return () -> {};
        }
        return () -> inContext(() -> driver.cuMemHostUnregister(memory));
    }

    private int inContext(IntSupplier call) {
        int code = driver.cuCtxPushCurrent_v2(context);
        if (code != 0) {
            return code;
        }
        try {
            return call.getAsInt();
        } finally {
            driver.cuCtxPopCurrent_v2(new PointerByReference());
        }
    }
}
