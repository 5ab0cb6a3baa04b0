package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pausesGrowFromAQuarterOfASecondToHalfAMinute() {
        Backoff backoff = new Backoff();
        assertThat(IntStream.range(0, 9).mapToObj(i -> backoff.pause().toMillis()))
                .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
        backoff.reset();
        assertThat(backoff.pause()).isEqualTo(Duration.ofMillis(250));
    }
}
