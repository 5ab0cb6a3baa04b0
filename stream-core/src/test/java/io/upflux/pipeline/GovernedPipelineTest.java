package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.governor.GovernorStatus;
import io.upflux.governor.Rung;
import io.upflux.live.LiveGovernor;
import io.upflux.live.Step;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** A governor in charge of a real pipeline, under a clock that only the work in it moves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GovernedPipelineTest {
    private static final FrameFormat FORMAT = TestFrames.yuv420(16, 16);
    private static final long MILLISECOND = 1_000_000;
    private static final long INTERVAL = 40 * MILLISECOND;
    private static final long LATENCY = 500 * MILLISECOND;
    private static final long ENCODING = 4 * MILLISECOND;

    private final AtomicLong clock = new AtomicLong();

    @Test
    void deadlinesHoldWhileTheLoadDoublesAndHalvesAndQualityComesBack() {
        // Seconds 10 to 20 and 30 to 40 are twice as hard, second 50 to 55 four times.
        LongToDoubleFunction load = time -> {
            double seconds = time / 1e9;
            boolean twice = (seconds >= 10 && seconds < 20) || (seconds >= 30 && seconds < 40);
            return seconds >= 50 && seconds < 55 ? 4 : twice ? 2 : 1;
        };
        Run run = new Run(ReuseMode.OFF, 1750, load);
        assertThat(run.frames.stream().filter(Frame::inTime).count()).isGreaterThanOrEqualTo((long) (0.995 * 1750));
        for (double relief : new double[] {20, 40, 55}) {
            assertThat(run.secondsToBest(relief)).isLessThan(5);
        }
        assertThat(run.share(frame -> frame.seconds() < 10 && frame.resolver().equals("full") || frame.seconds() >= 10))
                .isEqualTo(1);
        GovernorStatus status = run.status;
        assertThat(status.rung().name()).isEqualTo("full");
        // Three times down and up, with an attempt or two in each.
        assertThat(status.ascents() + status.descents()).isLessThan(24);
    }

    @Test
    void framesThatCannotComeInTimeAreThrownAwayAndTheOthersStayInOrder() {
        Run run = new Run(ReuseMode.OFF, 500, time -> 60);
        assertThat(run.frames).hasSizeLessThan(400).hasSizeGreaterThan(100);
        assertThat(run.frames).extracting(Frame::pts).isSorted().doesNotHaveDuplicates();
        assertThat(run.status.dropped() + run.frames.size()).isEqualTo(500);
    }

    @Test
    void whatOtherResolversMadeMeanwhileIsNeverMixedIn() {
        Run run = new Run(ReuseMode.NEAR, 300, time -> (time / 2_000_000_000L) % 2 == 0 ? 1 : 12);
        assertThat(run.frames).extracting(Frame::resolver).contains("full", "light", "least");
        assertThat(run.frames).allSatisfy(frame -> assertThat(frame.distance()).isLessThanOrEqualTo(1));
    }

    @Test
    void framesInInferenceAtOnceCostTheTimeThatItIsBusy() {
        Step step = new Step(new Rung("full", "full", 0, 1, 1, 0, false), new Timed("full", () -> {}));
        LiveGovernor governor = new LiveGovernor(List.of(step), Duration.ofNanos(LATENCY), clock::get);
        try (NativeScope scope = new NativeScope()) {
            for (int pair = 0; pair < 20; pair++) {
                long start = 2 * pair * INTERVAL;
                try (VideoFrame first = scope.frame(FORMAT, 0, 0);
                        VideoFrame second = scope.frame(FORMAT, 1, 0)) {
                    infer(governor, first, start);
                    infer(governor, second, start + INTERVAL);
                    clock.set(start + INTERVAL + 10 * MILLISECOND);
                    governor.inferred(second);
                    clock.set(start + INTERVAL + 20 * MILLISECOND);
                    governor.inferred(first);
                    governor.written();
                    governor.written();
                }
            }
        }
        assertThat(governor.status().load()).as("60 of 80 ms").isCloseTo(0.75, within(0.1));
    }

    private void infer(LiveGovernor governor, VideoFrame frame, long now) {
        clock.set(now);
        governor.arrived(frame, now);
        governor.next(frame);
        governor.inferring(frame);
    }

    /** A frame that was written. */
    private record Frame(long pts, long time, String resolver, int distance) {
        boolean inTime() {
            return time <= pts * MILLISECOND + LATENCY;
        }

        double seconds() {
            return pts / 1e3;
        }
    }

    /** A live stream from its first frame to its last; one frame at a time, since it takes turns with the clock. */
    private final class Run {
        private final List<Frame> frames = new ArrayList<>();
        private final GovernorStatus status;
        private final Semaphore turn = new Semaphore(1);
        private final NativeScope kept = new NativeScope();
        private String resolver = "";
        private long arriving = -1;
        private @Nullable VideoFrame source;

        Run(ReuseMode mode, int count, LongToDoubleFunction load) {
            List<Step> ladder = List.of(
                    step("full", 1, 24, load),
                    step("light", 0.4, 9, load),
                    step("least", 0.1, 2, load),
                    new Step(Rung.dropping(), null));
            LiveGovernor governor =
                    new LiveGovernor(ladder, Duration.ofNanos(LATENCY), () -> arriving < 0 ? clock.get() : arriving);
            SuperResolver best = ladder.get(0).resolver();
            if (best == null) {
                throw new IllegalStateException();
            }
            UpscalePipeline pipeline = UpscalePipeline.of(source(count, governor), best, sink())
                    .reuse(mode, map -> {})
                    .live(listening(governor));
            pipeline.run().blockLast();
            assertThat(pipeline.lostBuffers()).isZero();
            assertThat(kept.reclaim()).isZero();
            status = governor.status();
        }

        double share(java.util.function.Predicate<Frame> what) {
            return frames.stream().filter(what).count() / (double) frames.size();
        }

        double secondsToBest(double from) {
            return frames.stream()
                            .filter(frame ->
                                    frame.seconds() >= from && frame.resolver().equals("full"))
                            .mapToDouble(Frame::seconds)
                            .min()
                            .orElse(Double.POSITIVE_INFINITY)
                    - from;
        }

        private Step step(String name, double relative, long millis, LongToDoubleFunction load) {
            Timed timed = new Timed(name, () -> {
                resolver = name;
                clock.addAndGet((long) (millis * MILLISECOND * load.applyAsDouble(clock.get())));
            });
            return new Step(new Rung(name, name, 0, 1, relative, 0, false), timed);
        }

        /** Frames arrive every 40 ms, three in a row alike but for a sample; of those that have to wait the newest two stay. */
        private FrameSource source(int count, LiveGovernor governor) {
            return new FakeSource(FORMAT, count, -1) {
                @Override
                public Flux<VideoFrame> frames(NativeScope scope) {
                    Deque<VideoFrame> waiting = new ArrayDeque<>();
                    return Flux.generate(() -> 0, (next, out) -> {
                        turn.acquireUninterruptibly();
                        int i = next;
                        if (waiting.isEmpty() && i < count) {
                            clock.accumulateAndGet(i * INTERVAL, Math::max);
                        }
                        while (i < count && i * INTERVAL <= clock.get()) {
                            arrive(scope, i++, waiting);
                        }
                        if (waiting.isEmpty()) {
                            out.complete();
                        } else {
                            VideoFrame frame = waiting.remove();
                            keep(frame);
                            out.next(frame);
                        }
                        return i;
                    });
                }

                private void arrive(NativeScope scope, int i, Deque<VideoFrame> waiting) {
                    if (waiting.size() == 2) {
                        VideoFrame lost = waiting.remove();
                        governor.lost(lost);
                        lost.close();
                    }
                    VideoFrame frame = TestFrames.random(scope, FORMAT, 40L * i, i / 3);
                    TestFrames.set(frame, 0, i % 16, 3, 120);
                    arriving = i * INTERVAL;
                    governor.arrived(frame, arriving);
                    arriving = -1;
                    waiting.add(frame);
                }
            };
        }

        private void keep(VideoFrame frame) {
            if (source != null) {
                source.close();
            }
            source = kept.frame(FORMAT, frame.pts(), 0);
            frame.copyTo(source);
        }

        private FrameGovernor listening(LiveGovernor governor) {
            return new FrameGovernor() {
                @Override
                public List<SuperResolver> resolvers() {
                    return governor.resolvers();
                }

                @Override
                public @Nullable Turn next(VideoFrame frame) {
                    Turn next = governor.next(frame);
                    if (next == null) {
                        turn.release();
                    }
                    return next;
                }

                @Override
                public void inferring(VideoFrame frame) {
                    governor.inferring(frame);
                }

                @Override
                public void inferred(VideoFrame frame) {
                    governor.inferred(frame);
                }

                @Override
                public void written() {
                    governor.written();
                    turn.release();
                }
            };
        }

        private FrameSink sink() {
            return new FrameSink() {
                @Override
                public FrameFormat open(FrameFormat offered) {
                    return offered;
                }

                @Override
                public void write(VideoFrame frame) {
                    clock.addAndGet(ENCODING);
                    VideoFrame wanted = source;
                    int distance = wanted == null ? 255 : TestFrames.distance(frame, wanted);
                    frames.add(new Frame(frame.pts(), clock.get(), resolver, distance));
                    frame.close();
                }

                @Override
                public void finish() {}

                @Override
                public void interrupt() {}

                @Override
                public void close() {
                    if (source != null) {
                        source.close();
                        source = null;
                    }
                }
            };
        }
    }

    /** An identity that takes its time. */
    private static final class Timed extends ForwardingResolver {
        private final Traits traits;
        private final Runnable work;

        Timed(String name, Runnable work) {
            super(FakeResolver.identity());
            this.traits = new Traits(name, 1, 3, 1, 0, "java", "fp32", 0, 0);
            this.work = work;
        }

        @Override
        public Traits traits() {
            return traits;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            work.run();
            super.upscale(strokes);
        }
    }
}
