package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemandTest {
    private long nanos;
    private int followers;
    private final Demand demand = new Demand(false, Duration.ofSeconds(1), () -> followers, () -> nanos);

    @Test
    void whoFetchesAPieceIsWaitedForAWhile() {
        assertThat(demand.exists()).isFalse();
        demand.touch();
        pass(0.9);
        assertThat(demand.exists()).isTrue();
        pass(0.2);
        assertThat(demand.exists()).isFalse();
        followers = 1;
        assertThat(demand.exists()).isTrue();
    }

    /** A source may take longer to open than anybody lingers. */
    @Test
    void whoWaitsIsThereUntilItHasComeAndAWhileLonger() {
        try (Demand.Waiting waiting = demand.waiting()) {
            pass(10);
            assertThat(demand.exists()).isTrue();
        }
        pass(0.9);
        assertThat(demand.exists()).isTrue();
        pass(0.2);
        assertThat(demand.exists()).isFalse();
    }

    private void pass(double seconds) {
        nanos += (long) (seconds * 1e9);
    }
}
