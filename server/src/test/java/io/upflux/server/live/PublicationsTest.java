package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

@Timeout(30)
class PublicationsTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Publications publications = new Publications();

    @Test
    void oneSendsAtATime() throws InterruptedException {
        Publication first = publications.begin().orElseThrow();
        assertThat(publications.begin()).isEmpty();
        assertThat(publications.take(LONG)).isSameAs(first);
        publications.end(null);
        StepVerifier.create(first.done()).verifyComplete();
        assertThat(publications.begin()).isPresent();
    }

    @Test
    void theLastLearnsWhyAndNobodyComesBehindIt() throws InterruptedException {
        Publication last = publications.begin().orElseThrow();
        publications.close(new IllegalStateException("no video"));
        StepVerifier.create(last.done()).verifyErrorMessage("no video");
        assertThat(publications.begin()).isEmpty();
        assertThat(publications.take(LONG)).isNull();
    }

    @Test
    void whoComesTooLateIsNotTaken() throws InterruptedException {
        assertThat(publications.take(Duration.ofMillis(10))).isNull();
        assertThat(publications.begin()).isEmpty();
    }
}
