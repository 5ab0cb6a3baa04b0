package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private Duration now = Duration.ZERO;
    private final Backoff backoff = new Backoff(() -> now.toNanos());

    @Test
    void pausesGrowFromAQuarterOfASecondToHalfAMinute() {
        assertThat(IntStream.range(0, 9).mapToObj(i -> backoff.pause().toMillis()))
                .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
    }

    @Test
    void whatIsCutOffEveryHalfMinuteIsBegunAgainAtOnce() {
        for (int i = 0; i < 5; i++) {
            backoff.working();
            pass(15);
            backoff.working();
            pass(15);
            assertThat(backoff.pause()).isEqualTo(Duration.ofMillis(250));
        }
    }

    @Test
    void whatFailsSoonIsBegunAgainLaterAndLater() {
        for (int millis = 250; millis < 16_000; millis *= 2) {
            backoff.working();
            pass(9);
            assertThat(backoff.pause()).hasMillis(millis);
        }
    }

    /** As an address does that leaves callers waiting. */
    @Test
    void whatTakesLongToFailHasNotWorked() {
        backoff.working();
        assertThat(backoff.pause()).hasMillis(250);
        pass(60);
        assertThat(backoff.pause()).hasMillis(500);
        pass(60);
        backoff.working();
        assertThat(backoff.pause()).hasMillis(1000);
    }

    private void pass(int seconds) {
        now = now.plusSeconds(seconds);
    }
}
