package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.Cells;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@Timeout(60)
class ReuseTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<PixelLayout> LAYOUTS = List.of(
            PixelLayout.YUV420P,
            PixelLayout.yuv(10, 1, 1),
            PixelLayout.yuv(8, 1, 0),
            PixelLayout.yuv(8, 0, 0),
            PixelLayout.RGB24,
            PixelLayout.YUV420P.withAlpha(true));

    /** What is left when a run is over. */
    private record Run(List<VideoFrame> frames, WindowShares shares, List<ReuseMap> maps, long pixels) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23})
    void exactReuseGivesWhatComputingGives(int seed) {
        Random random = new Random(seed);
        PixelLayout layout = LAYOUTS.get(seed % LAYOUTS.size());
        FrameFormat format =
                TestFrames.format(40 + random.nextInt(80), 40 + random.nextInt(80), layout, ColourSpec.UNKNOWN_LIMITED);
        int scale = 1 + random.nextInt(3);
        int margin = random.nextInt(3);
        TileShape tile = new TileShape(1 + random.nextInt(2), 32 + 8 * random.nextInt(12), 128);
        BiConsumer<VideoFrame, Random> some = (frame, r) -> {
            for (int n = r.nextInt(6); n > 0; n--) {
                int plane = r.nextInt(layout.planes());
                int x = r.nextInt(frame.plane(plane).width());
                int y = r.nextInt(frame.plane(plane).height());
                TestFrames.set(frame, plane, x, y, r.nextInt(layout.maxValue()));
            }
        };
        try (NativeScope scope = new NativeScope()) {
            Run off = run(scope, ReuseMode.OFF, format, resolver(scale, tile, margin), 20, seed, some);
            Run exact = run(scope, ReuseMode.EXACT, format, resolver(scale, tile, margin), 20, seed, some);
            for (int i = 0; i < 20; i++) {
                assertThat(TestFrames.distance(off.frames.get(i), exact.frames.get(i)))
                        .as("frame %d of %s", i, format)
                        .isLessThanOrEqualTo(1);
                assertThat(exact.frames.get(i).pts())
                        .isEqualTo(off.frames.get(i).pts());
            }
            assertThat(exact.shares.unchanged()).isPositive();
            assertThat(exact.shares.windows()).isEqualTo(off.shares.windows());
            assertThat(off.shares.computed()).isEqualTo(off.shares.windows());
            close(off, exact);
            assertThat(scope.outstanding()).isZero();
        }
    }

    @Test
    void cellsOfManyFramesAreComputedTogetherAndCostWhatChanges() {
        FrameFormat format = TestFrames.yuv420(320, 320);
        try (NativeScope scope = new NativeScope()) {
            FakeResolver resolver = resolver(2, new TileShape(1, 320, 320), 1);
            Run exact = run(
                    scope,
                    ReuseMode.EXACT,
                    format,
                    resolver,
                    33,
                    1,
                    (frame, r) -> TestFrames.set(frame, 0, 160 + r.nextInt(4), 160, r.nextInt(256)));
            assertThat(exact.shares.computed()).isLessThan(33 * 16);
            assertThat(exact.pixels).isLessThan(2 * 320 * 320);
            // One for the first frame; the other 32 have one cell or few each, of two sizes at most.
            assertThat(resolver.calls.get()).isLessThan(20);
            close(exact);
        }
    }

    @Test
    void everyFrameSaysWhatItsInferenceTookAndHowFullItsBatchesWere() {
        FrameFormat format = TestFrames.yuv420(320, 320);
        try (NativeScope scope = new NativeScope()) {
            FakeResolver resolver = resolver(2, new TileShape(1, 320, 320), 1)
                    .with(new Cells(List.of(8, 16, 32), 1, List.of(90.0, 300.0, 1100.0), 0, 0, null, false, 1e-6));
            // All but the first change what one square of 16 depends on.
            Run exact = run(scope, ReuseMode.EXACT, format, resolver, 5, 1, (frame, r) -> {
                int code = TestFrames.get(frame, 0, 164, 164);
                TestFrames.set(frame, 0, 164, 164, code < 128 ? code + 40 : code - 40);
            });
            InferenceCost first = exact.maps.get(0).inference();
            assertThat(first.predictedSeconds()).isCloseTo(320 * 320 * 1e-6, within(1e-9));
            assertThat(first.seconds()).isPositive();
            assertThat(first.batchFill()).isEqualTo(1);
            InferenceCost rest = InferenceCost.NONE;
            for (ReuseMap map : exact.maps.subList(1, 5)) {
                InferenceCost one = map.inference();
                assertThat(one.tiles()).isEqualTo(1);
                assertThat(one.predictedSeconds()).isCloseTo(300e-6, within(1e-12));
                assertThat(one.seconds()).isPositive();
                rest = rest.plus(one);
            }
            assertThat(rest.places()).as("four together").isCloseTo(4, within(1e-9));
            close(exact);

            Run three = run(scope, ReuseMode.EXACT, format, resolver, 4, 1, (frame, r) -> {
                int code = TestFrames.get(frame, 0, 164, 164);
                TestFrames.set(frame, 0, 164, 164, code < 128 ? code + 40 : code - 40);
            });
            assertThat(three.maps.get(3).inference().batchFill())
                    .as("three of four")
                    .isCloseTo(0.75, within(1e-9));
            close(three);

            Run still = run(scope, ReuseMode.EXACT, format, resolver, 2, 1, (frame, r) -> {});
            assertThat(still.maps.get(1).inference()).isEqualTo(InferenceCost.NONE);
            close(still);
        }
    }

    @Test
    void aStillPictureIsComputedOnceAndCopiedNever() {
        FrameFormat format = TestFrames.yuv420(64, 48);
        for (ReuseMode mode : List.of(ReuseMode.EXACT, ReuseMode.NEAR)) {
            try (NativeScope scope = new NativeScope()) {
                FakeResolver resolver = resolver(2, new TileShape(1, 64, 48), 1);
                Run run = run(scope, mode, format, resolver, 10, 3, (frame, r) -> {});
                assertThat(resolver.calls).hasValue(1);
                assertThat(run.shares).isEqualTo(new WindowShares(9 * 48, 0, 0, 48));
                assertThat(run.frames.stream()
                                .map(frame -> frame.plane(0).data())
                                .distinct())
                        .hasSize(1);
                close(run);
            }
        }
    }

    @Test
    void fadesAreFollowedWithoutComputing() {
        FrameFormat format = TestFrames.yuv420(64, 48);
        BiConsumer<VideoFrame, Random> darker = (frame, r) -> {
            for (int y = 0; y < 48; y++) {
                for (int x = 0; x < 64; x++) {
                    TestFrames.set(frame, 0, x, y, TestFrames.get(frame, 0, x, y) - 1);
                }
            }
        };
        try (NativeScope scope = new NativeScope()) {
            TileShape tile = new TileShape(1, 64, 48);
            // Nearest neighbour keeps what is flat flat, so that following must be exact.
            Run off = run(scope, ReuseMode.OFF, format, new FakeResolver(2, 3, 1, tile, false), 12, 5, darker);
            FakeResolver resolver = new FakeResolver(2, 3, 1, tile, false);
            Run near = run(scope, ReuseMode.NEAR, format, resolver, 12, 5, darker);
            for (int i = 0; i < 12; i++) {
                assertThat(TestFrames.distance(off.frames.get(i), near.frames.get(i)))
                        .isLessThanOrEqualTo(1);
            }
            assertThat(near.shares.updated()).isGreaterThan(near.shares.windows() / 3);
            close(off, near);
        }
    }

    @Test
    void aMovingObjectLeavesNothingBehind() {
        FrameFormat format = TestFrames.yuv420(160, 96);
        int[] at = {0};
        BiConsumer<VideoFrame, Random> moving = (frame, r) -> {
            square(frame, at[0], 60);
            at[0] += 7;
            square(frame, at[0], 235);
        };
        try (NativeScope scope = new NativeScope()) {
            TileShape tile = new TileShape(1, 160, 96);
            Run off = run(scope, ReuseMode.OFF, format, resolver(2, tile, 1), 14, 9, moving);
            at[0] = 0;
            Run near = run(scope, ReuseMode.NEAR, format, resolver(2, tile, 1), 14, 9, moving);
            for (int i = 0; i < 14; i++) {
                assertThat(TestFrames.distance(off.frames.get(i), near.frames.get(i)))
                        .as("frame %d", i)
                        .isLessThanOrEqualTo(2);
            }
            assertThat(near.shares.unchanged()).isGreaterThan(near.shares.windows() / 2);
            close(off, near);
        }
    }

    @Test
    void aMovingObjectLeavesNothingBehindUnderGrain() {
        FrameFormat format = TestFrames.yuv420(160, 96);
        int[] at = {-7};
        Random grain = new Random(4);
        BiConsumer<VideoFrame, Random> moving = (frame, r) -> {
            at[0] += 7;
            for (int y = 0; y < 96; y++) {
                for (int x = 0; x < 160; x++) {
                    TestFrames.set(frame, 0, x, y, 100 + x / 4 + grain.nextInt(3) - 1);
                }
            }
            square(frame, at[0], 235);
        };
        try (NativeScope scope = new NativeScope()) {
            TileShape tile = new TileShape(1, 160, 96);
            Run off = run(scope, ReuseMode.OFF, format, resolver(2, tile, 1), 14, 9, moving);
            at[0] = -7;
            grain.setSeed(4);
            Run near = run(scope, ReuseMode.NEAR, format, resolver(2, tile, 1), 14, 9, moving);
            for (int i = 0; i < 14; i++) {
                // The object is 100 codes from what is behind it; grain that is adapted, not averaged, is 3 off.
                assertThat(TestFrames.distance(off.frames.get(i), near.frames.get(i)))
                        .as("frame %d", i)
                        .isLessThanOrEqualTo(4);
            }
            assertThat(near.shares.updated()).isGreaterThan(near.shares.windows() / 2);
            close(off, near);
        }
    }

    @Test
    void noMoreThanThreeUpscaledPicturesExistAtOnce() {
        FrameFormat format = TestFrames.yuv420(320, 192);
        Random random = new Random(6);
        try (NativeScope sources = new NativeScope();
                NativeScope scope = new NativeScope();
                FrameUpscaler upscaler = new FrameUpscaler(
                        FrameGovernor.always(resolver(2, new TileShape(1, 320, 192), 1)),
                        format,
                        TestFrames.yuv420(640, 384),
                        scope,
                        new ReuseSettings(ReuseMode.NEAR),
                        Reports.unheard())) {
            int[] most = new int[2];
            Flux<VideoFrame> frames = Flux.range(0, 80).map(i -> {
                VideoFrame frame = TestFrames.random(sources, format, i, 6);
                // Something is computed, something adapted, of every picture.
                TestFrames.set(frame, 0, random.nextInt(160), 40, i % 2 == 0 ? 200 : 20);
                TestFrames.set(frame, 0, 200 + random.nextInt(100), 100, 90);
                return frame;
            });
            upscaler.whole(frames)
                    .doOnNext(stroke -> stroke.forEach(frame -> {
                        most[0] = Math.max(most[0], scope.outstanding());
                        most[1] = Math.max(most[1], sources.outstanding());
                        frame.close();
                    }))
                    .blockLast(SOON);
            assertThat(most[0])
                    .as("upscaled, and what windows were computed from, twice")
                    .isLessThanOrEqualTo(3 + 2);
            // Four strokes are on their way at most.
            assertThat(most[1]).as("decoded").isLessThanOrEqualTo(4 * ReuseSettings.LOOK_AHEAD + 2);
        }
    }

    @Test
    void nothingIsLeftWhenOneOfSeveralResolversCannotBeOpened() {
        FrameFormat format = TestFrames.yuv420(64, 48);
        TileShape tile = new TileShape(1, 64, 48);
        AtomicInteger memories = new AtomicInteger();
        List<SuperResolver> resolvers = List.of(
                remembering(resolver(1, tile, 1), memories),
                // The second has squares that do not lie in each other.
                remembering(resolver(1, tile, 1).with(new Cells(List.of(8, 24), 1, List.of(90.0, 300.0))), memories));
        FrameGovernor governor = new FrameGovernor() {
            @Override
            public List<SuperResolver> resolvers() {
                return resolvers;
            }

            @Override
            public Turn next(VideoFrame frame) {
                throw new AssertionError();
            }

            @Override
            public void inferring(VideoFrame frame) {}

            @Override
            public void inferred(VideoFrame frame) {}

            @Override
            public void written() {}
        };
        try (NativeScope scope = new NativeScope()) {
            assertThatThrownBy(() -> new FrameUpscaler(
                            governor, format, format, scope, new ReuseSettings(ReuseMode.NEAR), Reports.unheard()))
                    .hasMessageContaining("24");
            assertThat(memories).hasValue(0);
            assertThat(scope.outstanding()).isZero();
        }
    }

    private static SuperResolver remembering(SuperResolver resolver, AtomicInteger memories) {
        return new ForwardingResolver(resolver) {
            @Override
            public PictureMemory newMemory(int frameWidth, int frameHeight) {
                memories.incrementAndGet();
                return memories::decrementAndGet;
            }
        };
    }

    private static void square(VideoFrame frame, int left, int code) {
        for (int y = 30; y < 50; y++) {
            for (int x = Math.max(0, left); x < left + 20; x++) {
                TestFrames.set(frame, 0, x, y, code);
            }
        }
    }

    private static FakeResolver resolver(int scale, TileShape tile, int margin) {
        return new FakeResolver(scale, 3, 1, tile, true)
                .with(
                        margin == 0
                                ? new Cells(List.of(8, 16, 32), 0, List.of())
                                : new Cells(List.of(8, 16, 32), 1, List.of(90.0, 300.0, 1100.0)));
    }

    /** Each picture is the one before with a change. */
    private static Run run(
            NativeScope scope,
            ReuseMode mode,
            FrameFormat format,
            FakeResolver resolver,
            int count,
            int seed,
            BiConsumer<VideoFrame, Random> change) {
        Random random = new Random(seed);
        List<ReuseMap> maps = new ArrayList<>();
        VideoFrame last = TestFrames.random(scope, format, 0, seed);
        try (FrameUpscaler upscaler = new FrameUpscaler(
                FrameGovernor.always(resolver),
                format,
                FrameUpscaler.upscaled(format, resolver),
                scope,
                new ReuseSettings(mode),
                new Reports(map -> {}, maps::add))) {
            List<VideoFrame> frames = Flux.range(0, count)
                    .map(i -> {
                        VideoFrame frame = scope.frame(format, 40L * i, 40);
                        change.accept(last, random);
                        last.copyTo(frame);
                        return frame;
                    })
                    .transform(upscaler)
                    .collectList()
                    .block(SOON);
            WindowShares shares = maps.stream().map(ReuseMap::shares).reduce(WindowShares.NONE, WindowShares::plus);
            return new Run(Objects.requireNonNull(frames), shares, maps, resolver.pixels.get());
        } finally {
            last.close();
        }
    }

    private static void close(Run... runs) {
        for (Run run : runs) {
            run.frames.forEach(VideoFrame::close);
        }
    }
}
