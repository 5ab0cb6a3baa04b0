package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

@Timeout(60)
class DemandTest {
    private long nanos;
    private volatile int followers;
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

    /** So that nobody waits for what does not come. */
    @Test
    void whoComesAfterTheEndLearnsIt() {
        assertThat(demand.touch()).isTrue();
        assertThat(demand.existsOrEnds()).isTrue();
        pass(1.1);
        assertThat(demand.existsOrEnds()).isFalse();
        assertThat(demand.touch()).isFalse();
        assertThat(demand.exists()).isFalse();
    }

    /** Else what is kept ready for them would stay as long. */
    @Test
    void aPauseIsOverWhenTheLastHasLeft() throws InterruptedException {
        followers = 1;
        Thread leaving = new Thread(() -> followers = 0);
        leaving.start();
        demand.pauseWhileWanted(Duration.ofDays(1));
        assertThat(demand.exists()).isFalse();
        long start = System.nanoTime();
        demand.pause(Duration.ofMillis(100));
        assertThat(System.nanoTime() - start).as("a pause for all that").isGreaterThan(90_000_000L);
        StepVerifier.create(demand.gone()).expectComplete().verify(Duration.ofSeconds(30));
    }

    private void pass(double seconds) {
        nanos += (long) (seconds * 1e9);
    }
}
