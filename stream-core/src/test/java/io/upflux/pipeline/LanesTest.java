package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Resolvers in one chain that may be called a different number of times at once. */
@Timeout(60)
class LanesTest {
    private static final FrameFormat FORMAT = TestFrames.yuv420(16, 16);
    private static final int FRAMES = 16;

    @Test
    void eachResolverHasItsOwnLanesWhateverTheOthersAllow() {
        CyclicBarrier pairs = new CyclicBarrier(2);
        Several two = new Several(2, () -> await(pairs));
        Several one = new Several(1, () -> {});
        FrameGovernor halves = new FrameGovernor() {
            private int asked;

            @Override
            public List<SuperResolver> resolvers() {
                return List.of(two, one);
            }

            @Override
            public Turn next(VideoFrame frame) {
                return new Turn(asked++ < FRAMES / 2 ? two : one, 1);
            }

            @Override
            public void inferring(VideoFrame frame) {}

            @Override
            public void inferred(VideoFrame frame) {}

            @Override
            public void written() {}
        };
        try (NativeScope scope = new NativeScope()) {
            try (FrameUpscaler upscaler = new FrameUpscaler(
                    halves, FORMAT, FORMAT, scope, new ReuseSettings(ReuseMode.OFF, 1), Reports.unheard())) {
                List<Long> pts = Flux.range(0, FRAMES)
                        .map(i -> TestFrames.random(scope, FORMAT, i, i))
                        .transform(upscaler)
                        .map(frame -> {
                            frame.close();
                            return frame.pts();
                        })
                        .collectList()
                        .block(Duration.ofSeconds(30));
                assertThat(pts).hasSize(FRAMES).isSorted();
            }
            assertThat(scope.outstanding()).isZero();
        }
        assertThat(two.most).hasValue(2);
        assertThat(one.most).hasValue(1);
    }

    private static void await(CyclicBarrier pairs) {
        try {
            pairs.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("nobody else is computing", e);
        }
    }

    private static final class Several extends ForwardingResolver {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final int lanes;
        private final Runnable work;

        Several(int lanes, Runnable work) {
            super(FakeResolver.identity());
            this.lanes = lanes;
            this.work = work;
        }

        @Override
        public int lanes() {
            return lanes;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            work.run();
            super.upscale(strokes);
            running.decrementAndGet();
        }
    }
}
