package io.upflux.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeScopeTest {
    @Test
    void releasedMemoryIsReusedAndFreedWithTheScope() {
        long before = DirectMemory.allocated();
        NativeScope scope = new NativeScope();
        NativeBuffer first = scope.allocate(1000);
        first.bytes().put(0, (byte) 42);
        first.release();
        NativeBuffer second = scope.allocate(1000);
        assertThat(second.bytes().get(0)).isEqualTo((byte) 42);
        assertThat(DirectMemory.allocated() - before).isEqualTo(1000);
        second.release();
        assertThat(scope.reclaim()).isZero();
        assertThat(DirectMemory.allocated()).isEqualTo(before);
    }

    @Test
    void lostBuffersAreCountedAndFreed() {
        long before = DirectMemory.allocated();
        AtomicInteger freed = new AtomicInteger();
        NativeScope scope = new NativeScope();
        scope.allocate(64);
        scope.adopt(ByteBuffer.allocateDirect(8), freed::incrementAndGet).retain();
        assertThat(scope.outstanding()).isEqualTo(2);
        assertThat(scope.reclaim()).isEqualTo(2);
        assertThat(freed).hasValue(1);
        assertThat(scope.outstanding()).isZero();
        assertThat(DirectMemory.allocated()).isEqualTo(before);
        assertThat(scope.reclaim()).isZero();
    }

    @Test
    void memoryComesBackOnlyWithTheLastReference() {
        AtomicInteger freed = new AtomicInteger();
        try (NativeScope scope = new NativeScope()) {
            NativeBuffer buffer = scope.adopt(ByteBuffer.allocateDirect(8), freed::incrementAndGet);
            buffer.retain();
            buffer.release();
            assertThat(freed).hasValue(0);
            buffer.release();
            assertThat(freed).hasValue(1);
            assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(buffer::retain).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(buffer::bytes).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closedScopeTakesNothing() {
        AtomicInteger freed = new AtomicInteger();
        NativeScope scope = new NativeScope();
        scope.close();
        assertThatThrownBy(() -> scope.adopt(ByteBuffer.allocateDirect(8), freed::incrementAndGet))
                .isInstanceOf(IllegalStateException.class);
        assertThat(freed).hasValue(1);
    }

    @Test
    void framesHaveAlignedRowsAndOddSizesRoundUp() {
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = scope.frame(TestFrames.yuv420(7, 5), 3, 1)) {
            assertThat(frame.plane(0).stride() % 64).isZero();
            assertThat(frame.plane(1).width()).isEqualTo(4);
            assertThat(frame.plane(2).height()).isEqualTo(3);
            assertThat(frame.plane(0).data().isDirect()).isTrue();
        }
    }
}
