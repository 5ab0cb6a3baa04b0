package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.live.LiveFrames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What Reactor takes for fatal ends a run in a line, wherever it comes from, and does not leave it waiting for ever. */
@Timeout(60)
class StageThreadsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int AT = 3;

    private final FakeSink sink = new FakeSink();

    private enum Place {
        SOURCE,
        INFERENCE,
        OPENING,
        SINK,
        FINISH
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void whatIsFatalInOneStageEndsTheRun(Place place) {
        FakeSource source = new FailingSource(place == Place.SOURCE);
        UpscalePipeline pipeline =
                UpscalePipeline.of(source, new FailingResolver(place == Place.INFERENCE), new FailingSink(place));
        verify(pipeline, source);
    }

    @Test
    void soItDoesWhereALiveSourceIsRead() {
        FakeSource source = new FailingSource(true);
        verify(
                UpscalePipeline.of(new LiveFrames(source, true), new FailingResolver(false), sink)
                        .live(),
                source);
    }

    private void verify(UpscalePipeline pipeline, FakeSource source) {
        StepVerifier.create(pipeline.run())
                .thenConsumeWhile(progress -> true)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(StreamException.class)
                        .hasMessage("java.lang.StackOverflowError: planted")
                        .hasCauseInstanceOf(StackOverflowError.class))
                .verify(SOON);
        pipeline.closed().block(SOON);
        assertThat(source.closed).hasValue(1);
        assertThat(sink.closed).hasValue(1);
        assertThat(sink.finished).isFalse();
    }

    private static void plant() {
        throw new StackOverflowError("planted");
    }

    private static final class FailingSource extends FakeSource {
        private final boolean fails;

        FailingSource(boolean fails) {
            super(TestFrames.yuv420(16, 16), 20, -1);
            this.fails = fails;
        }

        @Override
        public Flux<VideoFrame> frames(NativeScope scope) {
            return !fails
                    ? super.frames(scope)
                    : Flux.generate(out -> {
                        if (emitted.incrementAndGet() > AT) {
                            plant();
                        }
                        out.next(TestFrames.random(scope, format, 40L * emitted.get(), 0));
                    });
        }
    }

    private static final class FailingResolver extends ForwardingResolver {
        private final AtomicInteger calls = new AtomicInteger();
        private final boolean fails;

        FailingResolver(boolean fails) {
            super(FakeResolver.identity());
            this.fails = fails;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            if (fails && calls.incrementAndGet() > AT) {
                plant();
            }
            super.upscale(strokes);
        }
    }

    private final class FailingSink implements FrameSink {
        private final Place place;

        FailingSink(Place place) {
            this.place = place;
        }

        @Override
        public FrameFormat open(FrameFormat offered) {
            if (place == Place.OPENING) {
                plant();
            }
            return sink.open(offered);
        }

        @Override
        public void write(VideoFrame frame) {
            if (place == Place.SINK && sink.pts.size() == AT) {
                frame.close();
                plant();
            }
            sink.write(frame);
        }

        @Override
        public void finish() {
            if (place == Place.FINISH) {
                plant();
            }
            sink.finish();
        }

        @Override
        public void interrupt() {
            sink.interrupt();
        }

        @Override
        public void close() {
            sink.close();
        }
    }
}
