package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.upflux.buffer.NativeScope;
import io.upflux.models.tile.PageLock;
import io.upflux.models.tile.TileMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** With a driver that takes note of what is asked of it. */
class CudaPagesTest {
    private static final int PAGE = 4096;
    private static final int NO_DEVICE = 100;
    private static final int ALREADY_REGISTERED = 712;

    private final FakeDriver driver = new FakeDriver();

    @Test
    void wholePagesAreLockedUntilTheyAreFreed() {
        long before = NativeScope.allocated();
        try (TileMemory memory = new TileMemory(CudaPages.of(driver, 1))) {
            ByteBuffer small = memory.allocate("test", Float.BYTES, 3, 7);
            ByteBuffer large = memory.allocate("test", Float.BYTES, 1, 3, 64, 65);
            assertThat(small.capacity()).isEqualTo(84);
            assertThat(large.capacity()).isEqualTo(49_920);
            assertThat(large.order()).isEqualTo(ByteOrder.nativeOrder());
            large.putFloat(49_916, 1);
            assertThat(driver.locked.values()).containsExactlyInAnyOrder((long) PAGE, 13L * PAGE);
            assertThat(driver.locked.keySet()).allMatch(address -> address % PAGE == 0);
        }
        assertThat(driver.locked).isEmpty();
        assertThat(driver.contexts).isEmpty();
        assertThat(NativeScope.allocated()).isEqualTo(before);
    }

    @Test
    void memoryThatCannotBeLockedServesAllTheSame() {
        driver.registering = ALREADY_REGISTERED;
        try (TileMemory memory = new TileMemory(CudaPages.of(driver, 0))) {
            memory.allocate("test", Float.BYTES, 100).putFloat(396, 1);
        }
        assertThat(driver.unlocked).isZero();
        assertThat(driver.contexts).isEmpty();
    }

    @Test
    void withoutADeviceNothingIsLocked() {
        driver.device = NO_DEVICE;
        assertThat(CudaPages.of(driver, 0)).isSameAs(PageLock.NONE);
    }

    @Test
    void theCpuNeedsNoneLocked() {
        assertThat(CudaPages.of(Provider.CPU)).isSameAs(PageLock.NONE);
    }

    private static final class FakeDriver implements CudaPages.Driver {
        private final Map<Long, Long> locked = new TreeMap<>();
        private final List<Pointer> contexts = new ArrayList<>();
        private int device;
        private int registering;
        private int unlocked;

        @Override
        public int cuInit(int flags) {
            return 0;
        }

        @Override
        public int cuDeviceGet(IntByReference handle, int ordinal) {
            handle.setValue(10 + ordinal);
            return device;
        }

        @Override
        public int cuDevicePrimaryCtxRetain(PointerByReference context, int handle) {
            context.setValue(new Pointer(handle));
            return 0;
        }

        @Override
        public int cuCtxPushCurrent_v2(Pointer context) {
            contexts.add(context);
            return 0;
        }

        @Override
        public int cuCtxPopCurrent_v2(PointerByReference context) {
            context.setValue(contexts.remove(contexts.size() - 1));
            return 0;
        }

        @Override
        public int cuMemHostRegister_v2(Pointer memory, long bytes, int flags) {
            assertThat(contexts).hasSize(1);
            if (registering == 0) {
                assertThat(locked.put(Pointer.nativeValue(memory), bytes)).isNull();
            }
            return registering;
        }

        @Override
        public int cuMemHostUnregister(Pointer memory) {
            assertThat(contexts).hasSize(1);
            assertThat(locked.remove(Pointer.nativeValue(memory))).isNotNull();
            unlocked++;
            return 0;
        }
    }
}
