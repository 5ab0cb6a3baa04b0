package io.upflux.server.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.config.Upscaling;
import io.upflux.server.job.JobRefusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UploadTest {
    @TempDir
    private Path root;

    private final Job job = Job.queued("clip.mp4", null, Upscaling.USUAL, null, 0);

    @Test
    void whatHasComeWholeIsAJob() {
        StepVerifier.create(receive(Flux.just(bytes("ab"), bytes("c")), Mono.just("added")))
                .expectNext("added")
                .verifyComplete();
        assertThat(root.resolve(job.id()).resolve("input.mp4")).hasContent("abc");
        assertThat(files()).hasSize(1);
    }

    @Test
    void aFolderThatCannotGetItsNameIsRefusedAndLeavesNothing() throws IOException {
        Path taken = Files.createDirectories(root.resolve(job.id()));
        Files.writeString(taken.resolve("precious"), "x");

        StepVerifier.create(receive(Flux.just(bytes("abc")), Mono.just("added")))
                .verifyErrorSatisfies(failure -> {
                    assertThat(failure).isInstanceOf(JobRefusal.class);
                    assertThat(((JobRefusal) failure).reason()).isEqualTo(Reason.NO_SPACE);
                    assertThat(failure).hasMessage("the upload cannot be written; the server's log says why");
                });
        assertThat(files()).containsExactly(taken);
        assertThat(taken.resolve("precious")).exists();
    }

    @Test
    void aJobThatCannotBeAddedLeavesNothing() {
        StepVerifier.create(receive(Flux.just(bytes("abc")), Mono.error(new IllegalStateException("no database"))))
                .verifyErrorMessage("no database");
        assertThat(files()).isEmpty();
    }

    @RepeatedTest(20)
    void whoLeavesBeforeAllHasComeLeavesNothing() throws InterruptedException {
        Sinks.Many<byte[]> body = Sinks.many().unicast().onBackpressureBuffer();
        Disposable upload = receive(body.asFlux(), Mono.just("added")).subscribe();
        body.tryEmitNext(bytes("abc")).orThrow();
        while (files().isEmpty()) {
            Thread.sleep(10);
        }
        upload.dispose();
        while (!files().isEmpty()) {
            Thread.sleep(10);
        }
    }

    /** Else there would be a folder without a job, or a job without a folder. */
    @Test
    void whoLeavesAfterThatStopsNothing() throws InterruptedException {
        Sinks.Empty<String> database = Sinks.empty();
        Sinks.Empty<Void> asked = Sinks.empty();
        Sinks.Empty<Void> added = Sinks.empty();
        Mono<String> add = database.asMono()
                .doOnSubscribe(subscription -> asked.tryEmitEmpty())
                .doOnSuccess(done -> added.tryEmitEmpty());
        Disposable upload = receive(Flux.just(bytes("abc")), add).subscribe();
        asked.asMono().block();
        upload.dispose();
        database.tryEmitEmpty().orThrow();
        added.asMono().block();
        assertThat(files()).containsExactly(root.resolve(job.id()));
    }

    @Test
    void whoSendsNothingIsNotWaitedForForever() {
        Sinks.Many<byte[]> body = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.withVirtualTime(() -> receive(body.asFlux(), Mono.just("added")))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(31))
                .verifyErrorSatisfies(
                        failure -> assertThat(((JobRefusal) failure).reason()).isEqualTo(Reason.LATE));
        assertThat(files()).isEmpty();
    }

    private <T> Mono<T> receive(Flux<byte[]> body, Mono<T> added) {
        return Upload.receive(body, new JobFolder(root, job), new DiskSpace(root, 0), 1000, added);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(root)) {
            return files.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
