package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.ReuseMode;
import io.upflux.tile.SamplePlan;
import io.upflux.tile.SamplePlan.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Networks that must have seen the whole picture, and that halt. */
@Timeout(60)
class WholePictureTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int FRAMES = 12;

    /** Neither side a multiple of the window. */
    private static final FrameFormat GREY = TestFrames.format(
            45,
            30,
            new PixelLayout(PixelLayout.Family.GRAY, 8, 0, 0, false),
            new ColourSpec(2, 2, 2, Range.FULL, ChromaSiting.UNSPECIFIED));

    /** Frame {@code index} of a stream whose frames are each of another grey. */
    private static VideoFrame frame(NativeScope scope, int index) {
        VideoFrame frame = scope.frame(GREY, 40L * index, 40);
        Random random = new Random(index);
        for (int y = 0; y < GREY.height(); y++) {
            for (int x = 0; x < GREY.width(); x++) {
                TestFrames.set(frame, 0, x, y, 10 * index + random.nextInt(100));
            }
        }
        return frame;
    }

    @Test
    void everyFrameHasItsOwnContext() {
        for (TileShape tile : List.of(new TileShape(1, 16, 16), new TileShape(4, 20, 12), new TileShape(30, 12, 12))) {
            WholePictureResolver resolver = WholePictureResolver.with(tile);
            try (NativeScope scope = new NativeScope()) {
                List<VideoFrame> results = upscaled(scope, resolver, new ArrayList<>());
                assertThat(results).hasSize(FRAMES);
                for (int i = 0; i < FRAMES; i++) {
                    assertPainted(results.get(i), meanOfSamples(scope, i));
                    assertThat(results.get(i).pts()).isEqualTo(40L * i);
                    results.get(i).close();
                }
                assertThat(scope.outstanding()).isZero();
            }
            assertThat(resolver.looks).hasValue(FRAMES);
            assertThat(resolver.batches).hasValue(0);
            assertThat(resolver.mostAtOnce.get()).isLessThanOrEqualTo(2);
            assertThat(resolver.threads).allMatch(name -> name.startsWith("upflux-infer"));
        }
    }

    private static List<VideoFrame> upscaled(NativeScope scope, SuperResolver resolver, List<HaltingMap> maps) {
        try (FrameUpscaler upscaler = new FrameUpscaler(
                FrameGovernor.always(resolver),
                GREY,
                GREY,
                scope,
                new ReuseSettings(ReuseMode.OFF),
                new Reports(maps::add, map -> {}))) {
            List<VideoFrame> results = Flux.range(0, FRAMES)
                    .map(i -> frame(scope, i))
                    .transform(upscaler)
                    .collectList()
                    .block(SOON);
            assertThat(results).isNotNull();
            return results;
        }
    }

    private static double meanOfSamples(NativeScope scope, int index) {
        TileShape tile = WholePictureResolver.SAMPLES;
        double sum = 0;
        try (VideoFrame frame = frame(scope, index)) {
            for (Position at : SamplePlan.spread(
                            tile.batch(),
                            GREY.width(),
                            GREY.height(),
                            tile.width(),
                            tile.height(),
                            WholePictureResolver.WINDOW)
                    .positions()) {
                for (int y = 0; y < tile.height(); y++) {
                    for (int x = 0; x < tile.width(); x++) {
                        sum += TestFrames.get(frame, 0, at.x() + x, at.y() + y);
                    }
                }
            }
        }
        return sum / (tile.batch() * tile.width() * tile.height());
    }

    private static void assertPainted(VideoFrame frame, double value) {
        for (int y = 0; y < GREY.height(); y++) {
            for (int x = 0; x < GREY.width(); x++) {
                assertThat((double) TestFrames.get(frame, 0, x, y)).isCloseTo(value, Offset.offset(0.51));
            }
        }
    }

    @Test
    void depthsOfTilesJoinIntoOneMapAFrame() {
        for (TileShape tile : List.of(new TileShape(2, 48, 20), new TileShape(4, 20, 12), new TileShape(1, 16, 28))) {
            List<HaltingMap> maps = new ArrayList<>();
            try (NativeScope scope = new NativeScope()) {
                upscaled(scope, WholePictureResolver.with(tile), maps).forEach(VideoFrame::close);
                assertThat(maps).hasSize(FRAMES);
                for (int i = 0; i < FRAMES; i++) {
                    HaltingMap map = maps.get(i);
                    assertThat(map.pts()).isEqualTo(40L * i);
                    assertThat(List.of(map.width(), map.height(), map.window(), map.blocks()))
                            .containsExactly(12, 8, WholePictureResolver.WINDOW, WholePictureResolver.BLOCKS);
                    assertDepths(map, scope, i);
                }
            }
        }
    }

    private static void assertDepths(HaltingMap map, NativeScope scope, int index) {
        try (VideoFrame frame = frame(scope, index)) {
            for (int y = 0; y < map.height(); y++) {
                for (int x = 0; x < map.width(); x++) {
                    int first = TestFrames.get(frame, 0, x * map.window(), y * map.window());
                    assertThat(map.depth(x, y)).isEqualTo(WholePictureResolver.depth(first));
                }
            }
        }
    }

    @Test
    void withoutHaltingThereAreNoMaps() {
        List<HaltingMap> maps = new ArrayList<>();
        UpscalePipeline.of(new FakeSource(GREY, 3, -1), FakeResolver.identity(), new FakeSink())
                .halting(maps::add)
                .run()
                .blockLast(SOON);
        assertThat(maps).isEmpty();
    }

    @Test
    void whoLooksAtTheMapsMayEndTheRun() {
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline = UpscalePipeline.of(
                        new FakeSource(GREY, 10, -1), WholePictureResolver.with(new TileShape(2, 16, 16)), sink)
                .halting(map -> {
                    if (map.pts() == 80) {
                        throw new StreamException("maps: No space left on device");
                    }
                });
        StepVerifier.create(pipeline.run())
                .expectNextCount(2)
                .expectErrorMessage("maps: No space left on device")
                .verify(SOON);
        assertThat(sink.finished).isFalse();
    }

    @Test
    void anErrorWhileLookingEndsTheRun() {
        FakeSource source = new FakeSource(GREY, 1000, -1);
        FakeSink sink = new FakeSink();
        WholePictureResolver resolver = WholePictureResolver.failing(new TileShape(2, 16, 16), 4);
        UpscalePipeline pipeline = UpscalePipeline.of(source, resolver, sink);
        StepVerifier.create(pipeline.run())
                .thenConsumeWhile(progress -> progress.frames() <= 3)
                .expectErrorMessage("whole-x1: cannot look at picture 4")
                .verify(SOON);
        assertThat(source.emitted.get()).isLessThan(12);
        assertThat(source.closed).hasValue(1);
        assertThat(sink.closed).hasValue(1);
        assertThat(sink.finished).isFalse();
        assertThat(resolver.batches).hasValue(0);
    }

    @Test
    void cancellingWhileLookingFreesEverything() throws InterruptedException {
        FakeSource source = new FakeSource(GREY, 1000, -1);
        FakeSink sink = new FakeSink();
        WholePictureResolver resolver = WholePictureResolver.hanging(new TileShape(2, 16, 16));
        UpscalePipeline pipeline = UpscalePipeline.of(source, resolver, sink);
        Disposable running = pipeline.run().subscribe();
        assertThat(resolver.looking.await(10, TimeUnit.SECONDS)).isTrue();
        running.dispose();
        pipeline.closed().block(SOON);
        assertThat(source.closed).hasValue(1);
        assertThat(sink.closed).hasValue(1);
        assertThat(resolver.batches).hasValue(0);
    }

    @Test
    void aCompletedRunLosesNothing() {
        WholePictureResolver resolver = WholePictureResolver.with(new TileShape(3, 16, 16));
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline = UpscalePipeline.of(new FakeSource(GREY, 40, -1), resolver, sink);
        pipeline.run().blockLast(SOON);
        assertThat(sink.pts).hasSize(40).isSorted();
        assertThat(pipeline.lostBuffers()).isZero();
        assertThat(resolver.batches).hasValue(0);
    }
}
