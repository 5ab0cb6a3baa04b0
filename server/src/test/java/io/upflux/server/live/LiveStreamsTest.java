package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.upflux.pipeline.StreamException;
import io.upflux.server.Await;
import io.upflux.server.config.ConfigFile;
import io.upflux.server.config.StreamConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Schedulers;

/** Who gets which stream while others come and go, which takes them as long as their models are being opened. */
@Timeout(60)
class LiveStreamsTest {
    private final Set<String> opening = ConcurrentHashMap.newKeySet();
    private final CountDownLatch opened = new CountDownLatch(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LiveStreams streams = new LiveStreams(ConfigFile.parse("test", """
                    streams:
                      cam: {source: publisher}
                      all_others: {source: '/nowhere/$name', onDemand: true, closeAfter: 1h}
                    """, Map.of()), this::open);

    private Ladder open(StreamConfig config) {
        opening.add(config.name());
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new StreamException("planted");
    }

    @AfterEach
    void stop() {
        opened.countDown();
        streams.close();
    }

    @Test
    void theServerIsReadyWhateverBeginsForSomebody() {
        assertThat(streams.remove("cam")).isTrue();
        streams.start();
        LiveStream yard = streams.watched("yard").orElseThrow();
        assertThat(yard.status().state()).isEqualTo(StreamState.STARTING);
        assertThat(streams.ready()).isTrue();
        opened.countDown();
        await(() -> streams.find("yard").isEmpty());
        assertThat(yard.status().error()).isEqualTo("planted");
    }

    @Test
    void oneThatEndsKeepsItsNameAndNobodyWaiting() {
        streams.bindTo(registry);
        LiveStream yard = streams.watched("yard").orElseThrow();
        await(() -> opening.contains("yard"));
        CompletableFuture<Boolean> going =
                CompletableFuture.supplyAsync(() -> streams.remove("yard"), Schedulers.boundedElastic()::schedule);
        await(() -> !yard.touch());
        assertThatThrownBy(() -> streams.watched("yard"))
                .isInstanceOf(StreamUnavailable.class)
                .hasMessage("stream yard is just ending");
        assertThat(streams.find("yard")).hasValue(yard);
        assertThat(streams.watched("shed")).isPresent();
        assertThat(going).isNotDone();
        opened.countDown();
        assertThat(going.join()).isTrue();
        assertThat(streams.find("yard")).isEmpty();
        assertThat(registry.getMeters())
                .noneMatch(meter -> "yard".equals(meter.getId().getTag("stream")));
        assertThat(streams.watched("yard")).isPresent().get().isNotSameAs(yard);
    }

    @Test
    void theNameOfOneThatWasListedIsFreeWhenItHasStopped() {
        streams.start();
        await(() -> opening.contains("cam"));
        CompletableFuture<Boolean> going =
                CompletableFuture.supplyAsync(() -> streams.remove("cam"), Schedulers.boundedElastic()::schedule);
        await(() -> streams.find("cam").isEmpty());
        assertThat(streams.watched("cam")).isEmpty();
        assertThat(going).isNotDone();
        opened.countDown();
        assertThat(going.join()).isTrue();
        assertThat(streams.watched("cam")).isPresent();
    }

    @Test
    void whatIsMadeByRequestTakesThePlaceOfTheOther() {
        streams.bindTo(registry);
        LiveStream yard = streams.watched("yard").orElseThrow();
        StreamConfig listed = ConfigFile.parse("test", "streams: {yard: {source: publisher}}", Map.of())
                .streams()
                .get(0);
        opened.countDown();
        assertThat(streams.add(listed)).isTrue();
        assertThat(streams.find("yard").orElseThrow().config()).isEqualTo(listed);
        assertThat(streams.all()).hasSize(2).doesNotContain(yard);
        assertThat(registry.getMeters())
                .anyMatch(meter -> "yard".equals(meter.getId().getTag("stream")));
        streams.remove("yard");
        assertThat(registry.getMeters())
                .noneMatch(meter -> "yard".equals(meter.getId().getTag("stream")));
    }

    @Test
    void afterTheEndNoneIsMade() {
        opened.countDown();
        streams.close();
        assertThat(streams.watched("yard")).isEmpty();
        assertThat(streams.covers("yard")).isFalse();
    }

    private static void await(BooleanSupplier what) {
        Await.within(Duration.ofSeconds(60), what);
    }
}
