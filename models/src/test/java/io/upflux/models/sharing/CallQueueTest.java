package io.upflux.models.sharing;

import static io.upflux.models.sharing.FakeNetwork.stroke;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Stroke;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is among the calls of some streams. */
@Timeout(60)
class CallQueueTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong clock = new AtomicLong(1000);
    private final SharingCounters counters = new SharingCounters();
    private final CallQueue queue = new CallQueue(clock::get, counters);
    private final ExecutorService streams = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        streams.shutdown();
        assertThat(streams.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void theEarliestDeadlineGoesFirstAndAmongEqualsWhoCameFirst() {
        FakeNetwork network = new FakeNetwork(1, false);
        occupy(network);
        Object[][] calls = {
            {"whenever", Stroke.NO_DEADLINE},
            {"late", 9 * SECOND},
            {"soon", 2 * SECOND},
            {"whenever, too", Stroke.NO_DEADLINE},
            {"soon, too", 2 * SECOND},
            {"at once", SECOND}
        };
        for (Object[] call : calls) {
            wait(user(network), (String) call[0], (long) call[1]);
        }
        network.gate.release(7);
        until(() -> network.runs.size() == 7);
        assertThat(network.runs.stream().flatMap(List::stream))
                .containsExactly("first", "at once", "soon", "soon, too", "late", "whenever", "whenever, too");
        assertThat(network.most).hasValue(1);
        assertThat(counters.calls()).isEqualTo(7);
        assertThat(counters.runs()).isEqualTo(7);
    }

    @Test
    void whatHasNoDeadlineDoesNotWaitForEver() {
        FakeNetwork network = new FakeNetwork(1, false);
        occupy(network);
        wait(user(network), "whenever", Stroke.NO_DEADLINE);
        clock.addAndGet(10 * SECOND);
        wait(user(network), "live", clock.get() + SECOND);
        network.gate.release(3);
        until(() -> network.runs.size() == 3);
        assertThat(network.runs).containsExactly(List.of("first"), List.of("whenever"), List.of("live"));
        until(() -> counters.waitedSeconds() == 10);
    }

    @Test
    void asManyRunAsTheirDeviceHolds() {
        FakeNetwork light = new FakeNetwork(2, false);
        FakeNetwork heavy = new FakeNetwork(1, false);
        submit(user(light), "one", SECOND);
        submit(user(light), "two", SECOND);
        until(() -> light.running.get() == 2);
        wait(user(light), "four", 4 * SECOND);
        wait(user(heavy), "three", 3 * SECOND);
        light.gate.release();
        until(() -> light.running.get() == 1);
        // Half of the device is free, but what is due first needs all of it.
        assertThat(queue.waiting()).isEqualTo(2);
        light.gate.release();
        until(() -> heavy.running.get() == 1);
        assertThat(light.runs).hasSize(2);
        heavy.gate.release();
        until(() -> light.runs.size() == 3);
        light.gate.release();
    }

    @Test
    void interruptingOneTakesItsCallsOutAndLeavesTheOthersAlone() throws Exception {
        FakeNetwork network = new FakeNetwork(1, false);
        SharedResolver one = user(network);
        SharedResolver other = user(network);
        CompletableFuture<Void> running = submit(other, "running", 0);
        until(() -> network.running.get() == 1);
        CompletableFuture<Void> waiting = wait(one, "waiting", SECOND);
        CompletableFuture<Void> kept = wait(other, "kept", 2 * SECOND);
        one.interrupt();
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(StreamException.class)
                .hasMessageContaining("fake-x2: interrupted");
        assertThat(running).isNotDone();
        other.interrupt();
        assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS)).hasMessageContaining("broken off");
        assertThatThrownBy(() -> kept.get(20, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        network.gate.release();
        assertThatCode(() -> one.upscale(List.of(stroke("again", 0)))).doesNotThrowAnyException();
    }

    @Test
    void whatIsComputedTogetherIsBrokenOffWhenNobodyWantsItAnyMore() {
        FakeNetwork network = new FakeNetwork(1, true);
        SharedResolver one = user(network);
        SharedResolver other = user(network);
        occupy(network);
        CompletableFuture<Void> first = wait(one, "one", SECOND);
        CompletableFuture<Void> second = wait(other, "other", 2 * SECOND);
        network.gate.release();
        until(() -> network.runs.size() == 2);
        assertThat(network.runs.get(1)).containsExactly("one", "other");
        one.interrupt();
        assertThat(network.running).hasValue(1);
        other.interrupt();
        assertThatThrownBy(() -> first.get(20, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
        assertThat(counters.calls()).isEqualTo(3);
        assertThat(counters.runs()).isEqualTo(2);
    }

    @Test
    void oneThatFailsDoesNotTakeTheOthersAlong() throws Exception {
        FakeNetwork network = new FakeNetwork(1, true);
        network.failing.add("bad");
        occupy(network);
        CompletableFuture<Void> good = wait(user(network), "good", SECOND);
        CompletableFuture<Void> bad = wait(user(network), "bad", SECOND);
        network.gate.release(4);
        good.get(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> bad.get(20, TimeUnit.SECONDS)).hasMessageContaining("no [bad]");
        assertThat(network.runs.subList(1, 4)).containsExactly(List.of("good", "bad"), List.of("good"), List.of("bad"));
    }

    @Test
    void closingWaitsForWhatRunsAndRefusesMore() {
        FakeNetwork network = new FakeNetwork(1, true);
        SharedResolver one = user(network);
        SharedResolver other = user(network);
        occupy(network);
        CompletableFuture<Void> first = wait(one, "one", SECOND);
        CompletableFuture<Void> second = wait(other, "other", SECOND);
        network.gate.release();
        until(() -> network.runs.size() == 2);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(one::close, streams);
        until(one::isClosed);
        assertThat(closing).isNotDone();
        network.gate.release();
        closing.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(first).succeedsWithin(Duration.ofSeconds(20));
        assertThat(second).succeedsWithin(Duration.ofSeconds(20));
        assertThatThrownBy(() -> one.upscale(List.of(stroke("late", 0))))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("is closed");
    }

    private SharedResolver user(FakeNetwork network) {
        return new SharedResolver(network, queue, 1.0 / network.lanes(), () -> {});
    }

    /** Lets others wait until a permit is given. */
    private void occupy(FakeNetwork network) {
        submit(user(network), "first", 0);
        until(() -> network.running.get() == 1);
    }

    /** Has a stream call and waits until the call does. */
    private CompletableFuture<Void> wait(SuperResolver stream, String name, long deadline) {
        int before = queue.waiting();
        CompletableFuture<Void> call = submit(stream, name, deadline);
        until(() -> queue.waiting() == before + 1);
        return call;
    }

    private CompletableFuture<Void> submit(SuperResolver stream, String name, long deadline) {
        return CompletableFuture.runAsync(() -> stream.upscale(List.of(stroke(name, deadline))), streams);
    }

    static void until(BooleanSupplier what) {
        while (!what.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
