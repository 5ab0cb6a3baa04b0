package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class DriftTest {
    @Test
    void toleranceShrinksWhileSamplesAreFarOffAndComesBack() {
        Drift drift = new Drift();
        for (int i = 0; i < 100; i++) {
            drift.composed(4 * 3.0, 4);
        }
        double shrunk = drift.scale(100);
        assertThat(shrunk).isBetween(0.1, 0.5);
        for (int i = 0; i < 300; i++) {
            drift.composed(0, 4);
        }
        assertThat(drift.scale(400)).isGreaterThan(0.9).isLessThanOrEqualTo(1);
    }

    @Test
    void picturesWithoutSamplesSayNothing() {
        Drift drift = new Drift();
        for (int i = 0; i < 100; i++) {
            drift.composed(0, 0);
        }
        assertThat(drift.scale(100)).isEqualTo(1);
    }

    @Test
    void plansGoByTheSameSamplesWhateverTheTiming() throws Exception {
        Drift drift = new Drift();
        assertThat(drift.scale(Drift.LAG - 1)).isEqualTo(1);
        CompletableFuture<Double> waiting =
                CompletableFuture.supplyAsync(() -> drift.scale(Drift.LAG + 1), Schedulers.boundedElastic()::schedule);
        drift.composed(4 * 20.0, 4);
        assertThat(waiting).isNotDone();
        drift.composed(4 * 20.0, 4);
        double known = waiting.get(30, TimeUnit.SECONDS);
        drift.composed(4 * 20.0, 4);
        assertThat(drift.scale(Drift.LAG + 1)).isEqualTo(known).isLessThan(1);
    }

    @Test
    void whoeverWaitsGoesOnWhenItIsStopped() throws Exception {
        Drift drift = new Drift();
        CompletableFuture<Double> waiting =
                CompletableFuture.supplyAsync(() -> drift.scale(1000), Schedulers.boundedElastic()::schedule);
        drift.stop();
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
}
