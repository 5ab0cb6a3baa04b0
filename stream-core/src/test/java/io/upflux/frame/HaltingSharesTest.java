package io.upflux.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HaltingSharesTest {
    @Test
    void nothingCountedIsNothingHalted() {
        assertThat(new HaltingShares().perBlock()).isEmpty();
    }

    @Test
    void aBlockIsSkippedByTheWindowsThatHaltedBefore() {
        HaltingShares shares = new HaltingShares();
        shares.add(new HaltingMap(0, 2, 2, 8, 3, new byte[] {1, 1, 2, 3}));
        assertThat(shares.perBlock()).containsExactly(0.0, 0.5, 0.75);
        shares.add(new HaltingMap(1, 4, 1, 8, 3, new byte[] {3, 3, 3, 3}));
        assertThat(shares.perBlock()).containsExactly(0.0, 0.25, 0.375);
    }

    @Test
    void windowsOfAllFilesCountAlike() {
        HaltingShares all = new HaltingShares();
        HaltingShares small = new HaltingShares();
        small.add(new HaltingMap(0, 1, 1, 8, 2, new byte[] {1}));
        HaltingShares large = new HaltingShares();
        large.add(new HaltingMap(0, 3, 1, 8, 2, new byte[] {2, 2, 2}));
        all.add(small);
        all.add(large);
        assertThat(all.perBlock()).containsExactly(0.0, 0.25);
    }

    @Test
    void aMapHasADepthAWindow() {
        assertThatThrownBy(() -> new HaltingMap(0, 2, 2, 8, 3, new byte[3])).hasMessageContaining("2x2");
    }
}
