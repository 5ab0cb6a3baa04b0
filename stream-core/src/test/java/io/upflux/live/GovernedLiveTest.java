package io.upflux.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.governor.GovernorStatus;
import io.upflux.governor.Rung;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.FrameSource;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.UpscalePipeline;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** A camera, a pipeline whose stages overlap, an encoder: all on their own threads, under one virtual clock. */
@Timeout(120)
class GovernedLiveTest {
    private static final FrameFormat FORMAT = TestFrames.yuv420(16, 16);
    private static final long SECOND = 1_000_000_000L;
    private static final long FRAME = SECOND / 25;
    private static final Duration LATENCY = Duration.ofMillis(500);

    @Test
    void deadlinesHoldWhileTheLoadDoublesAndHalvesAndQualityComesBack() {
        long half = 8 * SECOND;
        int frames = (int) (5 * half / FRAME);
        try (VirtualTime time = new VirtualTime()) {
            List<Long> best = Collections.synchronizedList(new ArrayList<>());
            LongUnaryOperator load = now -> now / half % 2 + 1;
            List<Step> ladder = List.of(
                    step("full", 1, time, now -> FRAME * 3 / 4 * load.applyAsLong(now), best::add),
                    step("lighter", 0.4, time, now -> FRAME / 4 * load.applyAsLong(now), now -> {}),
                    step("resize", 0.1, time, now -> FRAME / 20, now -> {}),
                    new Step(Rung.dropping(), null));
            LiveGovernor governor = new LiveGovernor(ladder, LATENCY, time);
            Encoder encoder = new Encoder(time);

            run(new Camera(time, frames), governor, encoder, time);

            GovernorStatus status = governor.status();
            assertThat(status.frames()).isEqualTo(frames);
            assertThat(status.missed() + status.dropped()).as("%s", status).isLessThanOrEqualTo(frames / 200);
            assertThat(encoder.inTime).as("%s", status).isGreaterThanOrEqualTo(frames - frames / 200);
            for (long relief : new long[] {2 * half, 4 * half}) {
                assertThat(best).anyMatch(begun -> begun >= relief && begun < relief + 5 * SECOND);
            }
            assertThat(status.descents() + status.ascents()).as("%s", status).isBetween(4L, 14L);
            assertThat(status.nanosPerRung().stream().mapToLong(Long::longValue).sum())
                    .isBetween(5 * half - SECOND, 5 * half);
        }
    }

    @Test
    void whatNoRungCanMakeInTimeIsDroppedAndCountedOnce() {
        try (VirtualTime time = new VirtualTime()) {
            List<Step> ladder =
                    List.of(step("full", 1, time, now -> 2 * FRAME, now -> {}), new Step(Rung.dropping(), null));
            LiveGovernor governor = new LiveGovernor(ladder, LATENCY, time);
            Encoder encoder = new Encoder(time);

            LiveFrames live = run(new Camera(time, 250), governor, encoder, time);

            GovernorStatus status = governor.status();
            assertThat(encoder.pts).isSorted().doesNotHaveDuplicates().hasSizeBetween(100, 170);
            assertThat(encoder.pts.size() + status.dropped()).isEqualTo(250);
            assertThat(live.dropped()).isLessThanOrEqualTo(status.dropped());
            assertThat(encoder.inTime).isGreaterThan(encoder.pts.size() * 8 / 10);
        }
    }

    private static LiveFrames run(Camera camera, LiveGovernor governor, Encoder encoder, VirtualTime time) {
        LiveFrames live = new LiveFrames(camera, false, governor, time);
        UpscalePipeline pipeline =
                UpscalePipeline.of(live, governor.resolvers().get(0), encoder).live(governor);
        pipeline.run().blockLast();
        assertThat(pipeline.lostBuffers()).isZero();
        return live;
    }

    private static Step step(
            String name, double relative, VirtualTime time, LongUnaryOperator cost, LongConsumer begun) {
        Rung rung = new Rung(name, name, 0, 1, relative, 0, false);
        return new Step(rung, new Network(name, time, cost, begun));
    }

    /** Frames when they are due. */
    private record Camera(VirtualTime time, int frames) implements FrameSource {
        @Override
        public FrameFormat format() {
            return FORMAT;
        }

        @Override
        public long estimatedFrames() {
            return 0;
        }

        @Override
        public Flux<VideoFrame> frames(NativeScope scope) {
            return Flux.range(0, frames).map(i -> {
                time.sleepUntil(i * FRAME);
                return TestFrames.random(scope, FORMAT, 40L * i, i);
            });
        }

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }

    /** Takes a quarter of the time between frames. */
    private static final class Encoder implements FrameSink {
        private final List<Long> pts = new ArrayList<>();
        private final VirtualTime time;
        private int inTime;

        Encoder(VirtualTime time) {
            this.time = time;
        }

        @Override
        public FrameFormat open(FrameFormat offered) {
            return offered;
        }

        @Override
        public void write(VideoFrame frame) {
            try (frame) {
                time.sleep(FRAME / 4);
                pts.add(frame.pts());
                if (time.read() <= frame.pts() * 1_000_000 + LATENCY.toNanos()) {
                    inTime++;
                }
            }
        }

        @Override
        public void finish() {}

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }

    /** Makes grey pictures, and takes its time. */
    private record Network(String name, VirtualTime time, LongUnaryOperator cost, LongConsumer begun)
            implements SuperResolver {
        @Override
        public Traits traits() {
            return new Traits(name, 1, 3, 1, 0, "java", "fp32", 0, 0);
        }

        @Override
        public TileShape tileFor(int frameWidth, int frameHeight) {
            return new TileShape(1, frameWidth, frameHeight);
        }

        @Override
        public TileBatch newBatch(TileShape shape) {
            return new Samples(shape, floats(shape), floats(shape));
        }

        private static FloatBuffer floats(TileShape shape) {
            return ByteBuffer.allocateDirect(Float.BYTES * 3 * shape.width() * shape.height())
                    .asFloatBuffer();
        }

        @Override
        public void upscale(TileBatch batch, PictureContext context) {
            long now = time.read();
            begun.accept(now);
            time.sleep(cost.applyAsLong(now));
        }

        @Override
        public void interrupt() {}

        @Override
        public void close() {}
    }

    private record Samples(SuperResolver.TileShape shape, FloatBuffer input, FloatBuffer output) implements TileBatch {
        @Override
        public void close() {}
    }
}
