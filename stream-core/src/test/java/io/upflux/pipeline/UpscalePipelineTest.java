package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.PlaneResizer;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Timeout(60)
class UpscalePipelineTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void everyFrameArrivesInOrderAndNothingStaysBehind() {
        FakeSource source = new FakeSource(TestFrames.yuv420(20, 12), 50, -1);
        FakeSink sink = new FakeSink();
        FakeResolver resolver = new FakeResolver(2, 3, 1, new TileShape(3, 8, 8), false);
        UpscalePipeline pipeline = UpscalePipeline.of(source, resolver, sink);
        StepVerifier.create(pipeline.run().map(Progress::frames))
                .expectNextSequence(LongStream.rangeClosed(1, 50).boxed().toList())
                .verifyComplete();
        assertThat(sink.pts).hasSize(50).isSorted().startsWith(0L, 40L, 80L);
        assertThat(sink.finished).isTrue();
        assertThat(sink.threads).allMatch(name -> name.startsWith("upflux-compose"));
        assertThat(pipeline.lostBuffers()).isZero();
        assertThat(resolver.batches).hasValue(0);
        assertThat(source.closed).hasValue(1);
        assertThat(sink.closed).hasValue(1);
        for (Stage stage : Stage.values()) {
            assertThat(pipeline.times().nanos(stage)).as("%s", stage).isBetween(1L, SOON.toNanos());
        }
    }

    @Test
    void endsInALineWhenMemoryDoes() {
        FakeSource source = new FakeSource(TestFrames.yuv420(20, 12), 5, -1) {
            @Override
            public Flux<VideoFrame> frames(NativeScope scope) {
                return super.frames(scope).doOnNext(frame -> {
                    try {
                        // Tests have half of it.
                        scope.allocate(Integer.MAX_VALUE - 4096).release();
                    } finally {
                        frame.close();
                    }
                });
            }
        };
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        StepVerifier.create(pipeline.run())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(StreamException.class)
                        .hasMessageStartingWith("there is not enough memory")
                        .hasMessageContaining("2047 MiB")
                        .hasMessageNotContaining("\n"))
                .verify(SOON);
        pipeline.closed().block(SOON);
        assertThat(sink.finished).isFalse();
        assertThat(source.closed).hasValue(1);
    }

    @Test
    void aWatcherSeesEachPictureBesideItsSource() {
        KeepingWatcher watcher = new KeepingWatcher(3);
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline = UpscalePipeline.of(
                        new FakeSource(TestFrames.yuv420(20, 12), 9, -1),
                        new FakeResolver(2, 3, 1, new TileShape(3, 8, 8), false),
                        sink)
                .watch(watcher);
        StepVerifier.create(pipeline.run()).expectNextCount(9).verifyComplete();
        assertThat(watcher.seen).isEqualTo(sink.pts);
        assertThat(watcher.closed).isEqualTo(1);
        assertThat(pipeline.lostBuffers()).as("what it kept it has given back").isZero();
    }

    @Test
    void aWatcherIsClosedBeforeItsFramesAreFreed() {
        for (int i = 0; i < 20; i++) {
            KeepingWatcher watcher = new KeepingWatcher(Integer.MAX_VALUE);
            UpscalePipeline pipeline = UpscalePipeline.of(
                            new FakeSource(TestFrames.yuv420(16, 16), 100_000, -1),
                            FakeResolver.identity(),
                            new FakeSink())
                    .watch(watcher);
            StepVerifier.create(pipeline.run())
                    .expectNextCount(i % 5)
                    .thenCancel()
                    .verify(SOON);
            pipeline.closed().block(SOON);
            assertThat(watcher.closed).isEqualTo(1);
            assertThat(watcher.kept).isEmpty();
        }
    }

    @Test
    void slowRequestsKeepTheStagesOnTheirThreads() {
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline =
                UpscalePipeline.of(new FakeSource(TestFrames.yuv420(16, 16), 6, -1), FakeResolver.identity(), sink);
        StepVerifier.create(pipeline.run(), 0)
                .thenRequest(1)
                .expectNextCount(1)
                .thenAwait(Duration.ofMillis(50))
                .thenRequest(2)
                .expectNextCount(2)
                .thenRequest(10)
                .expectNextCount(3)
                .verifyComplete();
        assertThat(sink.threads).allMatch(name -> name.startsWith("upflux-compose"));
    }

    @Test
    void decoderStaysOnlyAFewFramesAhead() throws InterruptedException {
        FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 1000, -1);
        FakeSink sink = new FakeSink();
        sink.gate = new CountDownLatch(1);
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        Disposable running = pipeline.run().subscribe();
        assertThat(sink.firstWrite.await(10, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
        assertThat(source.emitted.get()).isLessThan(12);
        running.dispose();
        pipeline.closed().block(SOON);
    }

    @Test
    void cancellingFreesEverythingAndFinishesNothing() {
        for (int i = 0; i < 40; i++) {
            FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 100_000, -1);
            FakeSink sink = new FakeSink();
            FakeResolver resolver = new FakeResolver(2, 3, 1, new TileShape(1, 8, 8), false);
            UpscalePipeline pipeline = UpscalePipeline.of(source, resolver, sink);
            StepVerifier.create(pipeline.run())
                    .expectNextCount(i % 5)
                    .thenCancel()
                    .verify(SOON);
            pipeline.closed().block(SOON);
            assertThat(sink.finished).isFalse();
            assertThat(source.interrupted).isTrue();
            // Cancelled at once, it may not have come to anything that can be interrupted.
            assertThat(resolver.interrupted || i % 5 == 0).isTrue();
            assertThat(source.closed).hasValue(1);
            assertThat(sink.closed).hasValue(1);
            assertThat(resolver.batches).hasValue(0);
        }
    }

    @Test
    void sourceErrorReachesTheSubscriberAfterCleanUp() {
        FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 100, 7);
        FakeSink sink = new FakeSink();
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        StepVerifier.create(pipeline.run())
                .thenConsumeWhile(progress -> true)
                .expectErrorMessage("clip.mp4: broken at frame 7")
                .verify(SOON);
        assertThat(source.closed).hasValue(1);
        assertThat(sink.closed).hasValue(1);
        assertThat(sink.finished).isFalse();
    }

    @Test
    void whatIsNoNumberIsAnErrorAndNotBlack() {
        FakeSource source = new FakeSource(TestFrames.yuv420(64, 64), 10, -1);
        FakeSink sink = new FakeSink();
        FakeResolver resolver = FakeResolver.identity();
        resolver.brokenFrom = 3;
        StepVerifier.create(UpscalePipeline.of(source, resolver, sink).run())
                .expectNextCount(3)
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageStartingWith("fake-x1: computed values that are no numbers in the picture at PTS "))
                .verify(SOON);
        assertThat(sink.finished).isFalse();
    }

    @Test
    void sinkErrorStopsTheSource() {
        FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 100_000, -1);
        FakeSink sink = new FakeSink();
        sink.failAt = 3;
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        StepVerifier.create(pipeline.run())
                .expectNextCount(3)
                .expectErrorMessage("out.mp4: No space left on device")
                .verify(SOON);
        assertThat(source.emitted.get()).isLessThan(20);
        assertThat(sink.finished).isFalse();
    }

    @Test
    void whatFailsFirstIsToldAlsoWhereClosingFails() {
        FakeSink sink = new FakeSink() {
            @Override
            public void close() {
                super.close();
                throw new StreamException("out.mp4: Bad file descriptor");
            }
        };
        sink.failAt = 3;
        FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 100_000, -1);
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        StepVerifier.create(pipeline.run())
                .expectNextCount(3)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessage("out.mp4: No space left on device")
                        .satisfies(first -> assertThat(first.getSuppressed())
                                .extracting(Throwable::getMessage)
                                .contains("out.mp4: Bad file descriptor")))
                .verify(SOON);
        assertThat(source.closed).hasValue(1);
    }

    @Test
    void aPipelineRunsOnce() {
        UpscalePipeline pipeline = UpscalePipeline.of(
                new FakeSource(TestFrames.yuv420(16, 16), 1, -1), FakeResolver.identity(), new FakeSink());
        pipeline.run().blockLast(SOON);
        StepVerifier.create(pipeline.run())
                .expectError(IllegalStateException.class)
                .verify(SOON);
    }

    @Test
    void aSecondSubscriberDoesNotDisturbTheFirst() throws InterruptedException {
        FakeSource source = new FakeSource(TestFrames.yuv420(16, 16), 20, -1);
        FakeSink sink = new FakeSink();
        sink.gate = new CountDownLatch(1);
        UpscalePipeline pipeline = UpscalePipeline.of(source, FakeResolver.identity(), sink);
        CountDownLatch completed = new CountDownLatch(1);
        pipeline.run().doOnComplete(completed::countDown).subscribe();
        assertThat(sink.firstWrite.await(20, TimeUnit.SECONDS)).isTrue();
        StepVerifier.create(pipeline.run())
                .expectError(IllegalStateException.class)
                .verify(SOON);
        assertThat(source.interrupted).isFalse();
        sink.gate.countDown();
        assertThat(completed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.pts).hasSize(20);
    }

    @Test
    void tiledEqualsUntiledWithinOneCodeValue() {
        for (PixelLayout layout : List.of(PixelLayout.YUV420P, PixelLayout.yuv(10, 1, 0), PixelLayout.RGB24)) {
            FrameFormat format = TestFrames.format(
                    45,
                    31,
                    layout,
                    layout.family() == PixelLayout.Family.RGB ? ColourSpec.SRGB : ColourSpec.UNKNOWN_LIMITED);
            for (int scale = 1; scale <= 3; scale++) {
                for (int align : new int[] {1, 4}) {
                    try (NativeScope scope = new NativeScope();
                            VideoFrame whole = once(scope, format, scale, align, 4096);
                            VideoFrame tiled = once(scope, format, scale, align, 16)) {
                        assertThat(TestFrames.distance(whole, tiled))
                                .as("%s x%d align %d", layout, scale, align)
                                .isLessThanOrEqualTo(1);
                    }
                }
            }
        }
    }

    private static VideoFrame once(NativeScope scope, FrameFormat format, int scale, int align, int tile) {
        FakeResolver resolver = new FakeResolver(scale, 3, align, new TileShape(2, tile, tile), true);
        FrameFormat to = FrameUpscaler.upscaled(format, resolver);
        try (FrameUpscaler upscaler = new FrameUpscaler(resolver, format, to, scope)) {
            VideoFrame result = Flux.just(TestFrames.random(scope, format, 0, 11))
                    .transform(upscaler)
                    .blockLast(SOON);
            assertThat(result).isNotNull();
            return result;
        }
    }

    @Test
    void alphaAndTheChromaBesideALumaNetworkAreResized() {
        PixelLayout layout = PixelLayout.YUV420P.withAlpha(true);
        FrameFormat format = TestFrames.format(16, 16, layout, ColourSpec.UNKNOWN_LIMITED);
        FakeResolver resolver = new FakeResolver(2, 1, 1, new TileShape(1, 64, 64), false);
        FrameFormat to = FrameUpscaler.upscaled(format, resolver);
        try (NativeScope scope = new NativeScope();
                FrameUpscaler upscaler = new FrameUpscaler(resolver, format, to, scope);
                VideoFrame reference = TestFrames.random(scope, format, 0, 3);
                VideoFrame expected = scope.frame(to, 0, 0)) {
            PlaneResizer resizer = new PlaneResizer(format, to, 2);
            for (int plane = 1; plane < 4; plane++) {
                resizer.resize(reference.plane(plane), expected.plane(plane), plane);
            }
            try (VideoFrame result = Flux.just(TestFrames.random(scope, format, 0, 3))
                    .transform(upscaler)
                    .blockLast(SOON)) {
                assertThat(result).isNotNull();
                for (int y = 0; y < 32; y++) {
                    for (int x = 0; x < 32; x++) {
                        assertThat(TestFrames.get(result, 0, x, y))
                                .isCloseTo(TestFrames.get(reference, 0, x / 2, y / 2), Offset.offset(1));
                        TestFrames.set(expected, 0, x, y, TestFrames.get(result, 0, x, y));
                    }
                }
                assertThat(TestFrames.distance(expected, result)).isZero();
            }
        }
    }

    /** What a luma network leaves alone must reach the sink's layout and colour all the same. */
    @Test
    void aLumaNetworkFeedsSinksOfAnotherLayoutOrColour() {
        ColourSpec limited = ColourSpec.UNKNOWN_LIMITED.withMatrix(ColourSpec.MATRIX_SMPTE170M);
        ColourSpec jpeg = new ColourSpec(2, 2, ColourSpec.MATRIX_BT470BG, Range.FULL, ChromaSiting.CENTER);
        PixelLayout gray = new PixelLayout(PixelLayout.Family.GRAY, 8, 0, 0, false);
        FrameFormat yuv = TestFrames.format(70, 150, PixelLayout.YUV420P, limited);
        FrameFormat rgb = TestFrames.format(70, 150, PixelLayout.RGB24, ColourSpec.SRGB);
        FrameFormat deep = TestFrames.format(70, 150, PixelLayout.yuv(10, 0, 0), limited);
        FrameFormat full = TestFrames.format(70, 150, PixelLayout.YUV420P, jpeg);
        FrameFormat grey = TestFrames.format(70, 150, gray, limited);
        FrameFormat clear = rgb.withLayout(PixelLayout.RGB24.withAlpha(true));
        assertSameColour(yuv, rgb);
        assertSameColour(rgb, yuv);
        assertSameColour(yuv, deep);
        assertSameColour(yuv, full);
        assertSameColour(grey, yuv);
        assertSameColour(yuv, clear);
        assertSameColour(clear, deep);
    }

    /** Flat colour, since there a luma network with resized chroma must agree with one that sees all colours. */
    private static void assertSameColour(FrameFormat from, FrameFormat wanted) {
        try (NativeScope scope = new NativeScope();
                VideoFrame luma = flat(scope, from, wanted, 1);
                VideoFrame all = flat(scope, from, wanted, 3)) {
            assertThat(luma.format()).isEqualTo(all.format());
            assertThat(TestFrames.distance(luma, all))
                    .as("%s to %s", from.layout(), wanted.layout())
                    .isLessThanOrEqualTo(wanted.layout().depth() > 8 ? 4 : 1);
        }
    }

    private static VideoFrame flat(NativeScope scope, FrameFormat from, FrameFormat wanted, int channels) {
        FakeResolver resolver = new FakeResolver(2, channels, 1, new TileShape(2, 64, 64), false);
        VideoFrame frame = scope.frame(from, 0, 0);
        int[] codes = {120, 100, 150, 60};
        for (int plane = 0; plane < frame.planes().size(); plane++) {
            for (int y = 0; y < frame.plane(plane).height(); y++) {
                for (int x = 0; x < frame.plane(plane).width(); x++) {
                    TestFrames.set(frame, plane, x, y, codes[plane]);
                }
            }
        }
        try (FrameUpscaler upscaler =
                new FrameUpscaler(resolver, from, wanted.withSize(2 * from.width(), 2 * from.height()), scope)) {
            VideoFrame result = Flux.just(frame).transform(upscaler).blockLast(SOON);
            assertThat(result).isNotNull();
            return result;
        }
    }

    @Test
    void resizedPlanesKeepFlatColourAndRamps() {
        FrameFormat format = TestFrames.format(
                16, 16, new PixelLayout(PixelLayout.Family.GRAY, 10, 0, 0, false), ColourSpec.UNKNOWN_LIMITED);
        FrameFormat to = format.withSize(48, 48);
        try (NativeScope scope = new NativeScope();
                VideoFrame ramp = scope.frame(format, 0, 0);
                VideoFrame result = scope.frame(to, 0, 0)) {
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 16; x++) {
                    TestFrames.set(ramp, 0, x, y, 100 + 30 * x + 9 * y);
                }
            }
            new PlaneResizer(format, to, 3).resize(ramp.plane(0), result.plane(0), 0);
            for (int y = 6; y < 42; y++) {
                for (int x = 6; x < 42; x++) {
                    double expected = 100 + 30 * ((x + 0.5) / 3 - 0.5) + 9 * ((y + 0.5) / 3 - 0.5);
                    assertThat((double) TestFrames.get(result, 0, x, y)).isCloseTo(expected, Offset.offset(0.51));
                }
            }
        }
    }
}
