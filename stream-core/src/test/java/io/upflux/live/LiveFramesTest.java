package io.upflux.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LiveFramesTest {
    private static final FrameFormat FORMAT = new FrameFormat(
            16,
            16,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 100),
            new Rational(100, 1));

    private final NativeScope scope = new NativeScope();

    @AfterEach
    void everyFrameWasGivenBack() {
        assertThat(scope.reclaim()).isZero();
    }

    @Test
    void aConsumerThatKeepsUpGetsEveryFrameWhenItIsDue() {
        // Classes are loaded here: on a busy machine that takes longer than some frames last.
        try (LiveFrames live = new LiveFrames(new Counting(2), true)) {
            times(live);
        }
        try (LiveFrames live = new LiveFrames(new Counting(30), true)) {
            long start = System.nanoTime();
            List<Long> times = times(live);
            assertThat(times).hasSize(30).isSorted();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(290));
            assertThat(live.dropped()).isZero();
        }
    }

    private List<Long> times(LiveFrames live) {
        return live.frames(scope)
                .map(frame -> {
                    long pts = frame.pts();
                    frame.close();
                    return pts;
                })
                .collectList()
                .blockOptional()
                .orElseThrow();
    }

    @Test
    void aSlowConsumerGetsTheNewestFrames() throws InterruptedException {
        Counting source = new Counting(50);
        try (LiveFrames live = new LiveFrames(source, false)) {
            List<Long> times = new ArrayList<>();
            StepVerifier.create(live.frames(scope), 1)
                    .consumeNextWith(frame -> {
                        times.add(frame.pts());
                        frame.close();
                    })
                    .then(source::awaitEnd)
                    .thenRequest(10)
                    .thenConsumeWhile(frame -> true, frame -> {
                        times.add(frame.pts());
                        frame.close();
                    })
                    .verifyComplete();
            // The first is an early one, unless the source was done before it was taken.
            assertThat(times).endsWith(48L, 49L).hasSizeBetween(2, 3);
            assertThat(live.received()).isEqualTo(50);
            assertThat(live.dropped()).isEqualTo(50 - times.size());
        }
    }

    @Test
    void anInterruptedSourceFailsSoonAndKeepsNothing() {
        LiveFrames live = new LiveFrames(new Counting(Integer.MAX_VALUE), true);
        StepVerifier.create(live.frames(scope).doOnNext(VideoFrame::close).take(Duration.ofMillis(50)))
                .thenConsumeWhile(frame -> true)
                .verifyComplete();
        live.interrupt();
        assertThat(scope.outstanding()).isZero();
        live.close();
    }

    @Test
    void whatEndsTheSourceEndsTheStreamBehindTheLastFrame() {
        FrameSource broken = new Counting(3) {
            @Override
            public Flux<VideoFrame> frames(NativeScope into) {
                return super.frames(into).concatWith(Flux.error(new StreamException("cam: connection lost")));
            }
        };
        try (LiveFrames live = new LiveFrames(broken, true)) {
            StepVerifier.create(live.frames(scope).doOnNext(VideoFrame::close))
                    .expectNextCount(3)
                    .expectErrorMessage("cam: connection lost")
                    .verify();
        }
    }

    /** Reactor's operators throw such errors instead of passing them on. */
    @Test
    void anErrorThatIsFatalToItsThreadEndsTheStream() {
        FrameSource broken = new Counting(1) {
            @Override
            public Flux<VideoFrame> frames(NativeScope into) {
                return super.frames(into).doOnNext(frame -> {
                    frame.close();
                    throw new LinkageError("no such library");
                });
            }
        };
        try (LiveFrames live = new LiveFrames(broken, true)) {
            StepVerifier.create(live.frames(scope))
                    .expectErrorMessage("java.lang.LinkageError: no such library")
                    .verify(Duration.ofSeconds(10));
        }
    }

    /** Frames 10 ms apart. */
    private static class Counting implements FrameSource {
        private final int frames;
        private final CountDownLatch end = new CountDownLatch(1);

        Counting(int frames) {
            this.frames = frames;
        }

        void awaitEnd() {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public FrameFormat format() {
            return FORMAT;
        }

        @Override
        public long estimatedFrames() {
            return frames;
        }

        @Override
        public Flux<VideoFrame> frames(NativeScope into) {
            return Flux.range(0, frames).map(i -> into.frame(FORMAT, i, 1)).doOnComplete(end::countDown);
        }

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }
}
