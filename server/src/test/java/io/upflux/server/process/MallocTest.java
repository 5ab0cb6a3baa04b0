package io.upflux.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.jna.Memory;
import io.upflux.server.bench.NativeBalance;
import org.junit.jupiter.api.Test;

class MallocTest {
    private static final int LARGE = 64 << 20;

    /** Small blocks are counted with others, large ones by themselves; the rest of the process takes and gives meanwhile. */
    @Test
    void whatIsTakenIsCountedUntilItIsGivenBack() {
        assumeThat(Malloc.inUse()).as("where the C library tells").isPositive();
        long before = Malloc.inUse();
        Memory[] small = new Memory[LARGE / 4096];
        try (Memory large = new Memory(LARGE)) {
            assertThat(large.size()).isEqualTo(LARGE);
            for (int i = 0; i < small.length; i++) {
                small[i] = new Memory(4096);
            }
            assertThat(Malloc.inUse() - before).isBetween(2L * LARGE - LARGE / 2, 2L * LARGE + LARGE / 2);
        } finally {
            for (Memory block : small) {
                if (block != null) {
                    block.close();
                }
            }
        }
        assertThat(Malloc.inUse() - before).isBetween(-LARGE / 2L, LARGE / 2L);
    }

    @Test
    void theBalanceTellsIt() {
        assertThat(new NativeBalance(1, 2, 3, 5 << 20, 7 << 20))
                .hasToString(
                        "1 bytes of pictures, 2 threads, 3 descriptors, 5.00 MiB of malloc, 7.0 MiB resident after trimming");
        assertThat(new NativeBalance(1, 2, 3, 0, 7 << 20))
                .hasToString("1 bytes of pictures, 2 threads, 3 descriptors, 7.0 MiB resident after trimming");
    }
}
