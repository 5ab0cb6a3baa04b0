package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.config.Upscaling;
import io.upflux.server.job.Job;
import io.upflux.server.job.JobProgress;
import io.upflux.server.job.JobState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class JobEventsTest {
    @Test
    void statesAndProgressAreToldApartAndSilenceIsFilled() {
        StepVerifier.withVirtualTime(() -> new JobEvents(Flux.just(
                                        job(JobState.QUEUED, 0),
                                        job(JobState.RUNNING, 0),
                                        job(JobState.RUNNING, 50),
                                        job(JobState.DONE, 100))
                                .delayElements(Duration.ofSeconds(10)))
                        .lines())
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(10))
                .assertNext(line -> expect(line, "state", "queued", 0))
                .expectNoEvent(Duration.ofSeconds(5))
                .expectNext(":\n\n")
                .thenAwait(Duration.ofSeconds(5))
                .assertNext(line -> expect(line, "state", "running", 0))
                .thenAwait(Duration.ofSeconds(10))
                .expectNextMatches(line -> line.startsWith(":") || line.startsWith("event: progress"))
                .expectNextMatches(line -> line.startsWith(":") || line.startsWith("event: progress"))
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(line -> expect(line, "state", "done", 100))
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    private static void expect(String line, String event, String state, int frames) {
        assertThat(line)
                .startsWith("event: " + event + "\ndata: {")
                .contains("\"state\":\"" + state + "\"", "\"frames\":" + frames)
                .endsWith("}\n\n");
    }

    private static Job job(JobState state, long frames) {
        return new Job(
                "id",
                "clip.mp4",
                null,
                Upscaling.USUAL.forInput("clip.mp4"),
                null,
                0,
                state,
                Instant.EPOCH,
                null,
                null,
                new JobProgress(frames, 100, 0),
                Duration.ZERO,
                0,
                null);
    }
}
