package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import io.upflux.reuse.WindowShares;
import io.upflux.server.preview.Preview;
import io.upflux.server.preview.PreviewWish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@Timeout(30)
class PreviewFollowerTest {
    private static final Preview FRAME = new Preview(1, 0, Rational.ONE, 2, 2, 2, 0, WindowShares.NONE, List.of());

    private final List<PreviewWish> asked = new ArrayList<>();
    private final List<Preview> sent = new ArrayList<>();
    private final List<String> said = new ArrayList<>();

    @Test
    void nothingIsAskedForBeforeThereIsAWish() {
        PreviewFollower follower = follower(wish -> Mono.just(FRAME), preview -> Mono.empty());
        StepVerifier.withVirtualTime(follower::show)
                .expectSubscription()
                .expectNoEvent(Duration.ofMinutes(1))
                .thenCancel()
                .verify();
        assertThat(asked).isEmpty();
    }

    @Test
    void framesComeAtTheWishedRate() {
        PreviewFollower follower = follower(wish -> Mono.just(FRAME), preview -> Mono.empty());
        StepVerifier.withVirtualTime(() -> follower.hear("{\"rate\":2}").then(follower.show()))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(10_100))
                .thenCancel()
                .verify();
        assertThat(sent).hasSize(21);
    }

    @Test
    void theNextFrameIsAskedForWhenTheLastIsSent() {
        Sinks.Empty<Void> written = Sinks.empty();
        PreviewFollower follower = follower(wish -> Mono.just(FRAME), preview -> written.asMono());
        StepVerifier.withVirtualTime(() -> follower.hear("{\"rate\":60}").then(follower.show()))
                .expectSubscription()
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(asked).hasSize(1))
                // Not even for another wish.
                .then(() -> follower.hear("{\"rate\":30}").block())
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(asked).hasSize(1))
                .then(written::tryEmitEmpty)
                .thenAwait(Duration.ofMillis(1))
                .then(() -> assertThat(asked).hasSize(2))
                .thenCancel()
                .verify();
    }

    @Test
    void aNewWishDoesNotWaitForAFrameOfTheLast() {
        PreviewFollower follower =
                follower(wish -> wish.size() == 0 ? Mono.never() : Mono.just(FRAME), preview -> Mono.never());
        StepVerifier.withVirtualTime(() -> follower.hear("{\"rate\":0.01}").then(follower.show()))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(1))
                .then(() -> follower.hear("{\"size\":7}").block())
                .thenAwait(Duration.ofMillis(1))
                .then(() -> assertThat(sent).hasSize(1))
                .thenCancel()
                .verify();
        assertThat(asked.get(1).size()).isEqualTo(7);
    }

    @Test
    void aFailureIsToldAndAnotherWishTriesAnew() {
        PreviewFollower follower = follower(
                wish -> wish.size() == 0 ? Mono.error(new StreamException("too dark")) : Mono.just(FRAME),
                preview -> Mono.empty());
        StepVerifier.withVirtualTime(() -> follower.hear("{}").then(follower.show()))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(9))
                .then(() -> assertThat(said).containsExactly("{\"type\":\"error\",\"value\":\"too dark\"}"))
                .then(() -> follower.hear("{\"size\":7}").block())
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel()
                .verify();
        assertThat(sent).isNotEmpty();
    }

    @Test
    void itEndsWithTheStream() {
        PreviewFollower follower = follower(wish -> Mono.empty(), preview -> Mono.empty());
        StepVerifier.withVirtualTime(() -> follower.hear("{}").then(follower.show()))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(1))
                .verifyComplete();
    }

    private PreviewFollower follower(
            Function<PreviewWish, Mono<Preview>> frames, Function<Preview, Mono<Void>> written) {
        return new PreviewFollower(
                wish -> {
                    asked.add(wish);
                    return frames.apply(wish);
                },
                preview -> {
                    sent.add(preview);
                    return written.apply(preview);
                },
                text -> Mono.fromRunnable(() -> said.add(text)));
    }
}
