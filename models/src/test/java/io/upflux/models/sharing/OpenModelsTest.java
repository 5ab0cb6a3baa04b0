package io.upflux.models.sharing;

import static io.upflux.models.sharing.CallQueueTest.until;
import static io.upflux.models.sharing.FakeNetwork.stroke;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.StreamException;
import io.upflux.pipeline.SuperResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Networks that are opened once for all who use them. */
@Timeout(60)
class OpenModelsTest {
    private static final Catalogue CATALOGUE = Catalogue.standard();
    private static final ModelCard SMALL = CATALOGUE.find("plain-s-x2", null);

    private final List<FakeNetwork> opened = new CopyOnWriteArrayList<>();
    private final CountDownLatch door = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile int failures;

    private final OpenModels models = new OpenModels(CATALOGUE, this::open, System::nanoTime, 8);

    private SuperResolver open(ModelCard card, Device device, int count, Halting halting) {
        try {
            door.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failures > 0) {
            failures--;
            throw new StreamException("no memory");
        }
        FakeNetwork made = new FakeNetwork(card.trained() ? "cpu" : "java", 2, false);
        opened.add(made);
        return made;
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
        assertThat(models.networks()).isZero();
        assertThat(models.users()).isZero();
        assertThat(opened).allSatisfy(network -> assertThat(network.closed).hasValue(1));
    }

    @Test
    void manyWhoAskAtOnceOpenItOnceAndTheLastToLeaveClosesIt() {
        List<CompletableFuture<SuperResolver>> asking = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(this::small, threads))
                .toList();
        until(() -> models.users() == 8);
        door.countDown();
        List<SuperResolver> users = asking.stream()
                .map(each -> each.orTimeout(20, TimeUnit.SECONDS).join())
                .toList();
        assertThat(opened).hasSize(1);
        assertThat(models.networks()).isEqualTo(1);
        for (SuperResolver user : users) {
            assertThat(opened.get(0).closed).hasValue(0);
            user.close();
            user.close();
        }
        assertThat(opened.get(0).closed).hasValue(1);
        SuperResolver later = small();
        assertThat(opened).hasSize(2);
        later.close();
    }

    @Test
    void whatDiffersInAnythingIsNotShared() {
        door.countDown();
        List<SuperResolver> all = new ArrayList<>();
        all.add(small());
        all.add(models.open(SMALL, Device.CPU, 2, Halting.OFF));
        all.add(models.open(SMALL, Device.AUTO, 1, Halting.OFF));
        all.add(models.open(SMALL, Device.CPU, 1, new Halting(0.95)));
        all.add(models.open(CATALOGUE.find("plain-m-x2", null), Device.CPU, 1, Halting.OFF));
        assertThat(opened).hasSize(5);
        assertThat(models.networks()).isEqualTo(5);
        all.forEach(SuperResolver::close);
    }

    @Test
    void resizersAreEachUsersOwn() {
        door.countDown();
        ModelCard bicubic = CATALOGUE.find("bicubic-x2", null);
        try (SuperResolver one = models.open(bicubic, Device.CPU, 1, Halting.OFF);
                SuperResolver other = models.open(bicubic, Device.CPU, 1, Halting.OFF)) {
            assertThat(one).isNotSameAs(other).isInstanceOf(FakeNetwork.class);
            assertThat(models.networks()).isZero();
        }
    }

    @Test
    void whoeverComesAfterAFailureTriesAgain() {
        failures = 1;
        List<CompletableFuture<SuperResolver>> asking = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.supplyAsync(this::small, threads))
                .toList();
        until(() -> models.users() == 2);
        door.countDown();
        until(() -> asking.stream().allMatch(CompletableFuture::isDone));
        assertThat(asking.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSize(1)
                .allSatisfy(failed -> assertThatThrownBy(failed::join).hasMessageContaining("no memory"));
        assertThat(models.users()).isEqualTo(1);
        asking.stream()
                .filter(one -> !one.isCompletedExceptionally())
                .forEach(one -> one.join().close());
        assertThat(opened).hasSize(1);
        small().close();
        assertThat(opened).hasSize(2);
    }

    @Test
    void oneWhoLeavesDoesNotPullItAwayFromWhoComputes() throws Exception {
        door.countDown();
        SuperResolver one = small();
        SuperResolver other = small();
        CompletableFuture<Void> call =
                CompletableFuture.runAsync(() -> other.upscale(List.of(stroke("call", 0))), threads);
        until(() -> opened.get(0).running.get() == 1);
        one.close();
        assertThat(call).isNotDone();
        assertThat(opened.get(0).closed).hasValue(0);
        opened.get(0).gate.release();
        call.get(20, TimeUnit.SECONDS);
        assertThat(models.calls()).isEqualTo(1);
        other.close();
    }

    @Test
    void networksOfFewThreadsRunBesideEachOtherUntilAllCoresAreBusy() {
        door.countDown();
        List<SuperResolver> users =
                IntStream.range(0, 17).mapToObj(i -> small()).toList();
        List<CompletableFuture<Void>> calls = users.stream()
                .map(user -> CompletableFuture.runAsync(() -> user.upscale(List.of(stroke("call", 0))), threads))
                .toList();
        // Eight cores, one thread a call, two lanes.
        until(() -> opened.get(0).running.get() == 16 && models.waiting() == 1);
        opened.get(0).gate.release(17);
        calls.forEach(call -> call.orTimeout(20, TimeUnit.SECONDS).join());
        assertThat(opened.get(0).most).hasValue(16);
        users.forEach(SuperResolver::close);
    }

    private SuperResolver small() {
        return models.open(SMALL, Device.CPU, 1, Halting.OFF);
    }
}
