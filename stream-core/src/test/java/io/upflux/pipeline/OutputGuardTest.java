package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.reuse.ReuseMode;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Timeout(120)
class OutputGuardTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final FrameFormat FORMAT = TestFrames.yuv420(192, 160);
    private static final TileShape TILE = new TileShape(1, 96, 96);

    private final List<String> mended = new ArrayList<>();
    private final List<String> spoilt = new ArrayList<>();
    private final List<Integer> shown = new ArrayList<>();
    private final FakeSink sink = new FakeSink() {
        @Override
        public void write(VideoFrame frame) {
            shown.add(TestFrames.get(frame, 0, 100, 100));
            super.write(frame);
        }
    };
    private boolean resize;

    private final Flaws flaws = new Flaws() {
        @Override
        public void mended(String line) {
            mended.add(line);
        }

        @Override
        public boolean spoilt(String line, VideoFrame source, VideoFrame upscaled) {
            assertThat(upscaled.format().width()).isEqualTo(2 * source.format().width());
            spoilt.add(line);
            return resize;
        }
    };

    /** How a network can spoil what it computes. */
    private enum Spoiling {
        NUMBERS {
            @Override
            void spoil(FloatBuffer output, int call) {
                for (int i = 0; i < output.capacity(); i++) {
                    output.put(i, Float.NaN);
                }
            }
        },
        BLACK {
            @Override
            void spoil(FloatBuffer output, int call) {
                for (int i = 0; i < output.capacity(); i++) {
                    output.put(i, 0);
                }
            }
        },
        FLAT {
            @Override
            void spoil(FloatBuffer output, int call) {
                for (int i = 0; i < output.capacity(); i++) {
                    output.put(i, 0.5f);
                }
            }
        },
        SEAMS {
            @Override
            void spoil(FloatBuffer output, int call) {
                for (int i = 0; i < output.capacity() && call % 2 == 0; i++) {
                    output.put(i, output.get(i) + 0.08f);
                }
            }
        };

        abstract void spoil(FloatBuffer output, int call);
    }

    /** Spoils some of its calls. */
    private static final class Spoiler extends ForwardingResolver {
        private final Spoiling how;
        private final int from;
        private final int to;
        private final AtomicInteger calls = new AtomicInteger();

        Spoiler(Spoiling how, int from, int to) {
            super(new FakeResolver(2, 3, 2, TILE, true));
            this.how = how;
            this.from = from;
            this.to = to;
        }

        @Override
        public void upscale(List<Stroke> strokes) {
            super.upscale(strokes);
            for (Stroke stroke : strokes) {
                for (Placed placed : stroke.work()) {
                    int call = calls.getAndIncrement();
                    if (call >= from && call < to) {
                        how.spoil(placed.batch().output(), call);
                    }
                }
            }
        }
    }

    /** Pictures of codes by position, each frame the same. */
    private static FakeSource source(int frames, IntBinaryOperator luma) {
        return new FakeSource(FORMAT, frames, -1) {
            @Override
            public Flux<VideoFrame> frames(NativeScope scope) {
                return Flux.range(0, frames).map(i -> {
                    VideoFrame frame = TestFrames.random(scope, FORMAT, 40L * i, i);
                    for (int y = 0; y < FORMAT.height(); y++) {
                        for (int x = 0; x < FORMAT.width(); x++) {
                            TestFrames.set(frame, 0, x, y, luma.applyAsInt(x, y));
                        }
                    }
                    for (int plane = 1; plane < 3; plane++) {
                        for (int y = 0; y < FORMAT.height() / 2; y++) {
                            for (int x = 0; x < FORMAT.width() / 2; x++) {
                                TestFrames.set(frame, plane, x, y, 128);
                            }
                        }
                    }
                    return frame;
                });
            }
        };
    }

    /** Waves of light, smooth everywhere. */
    private static int waves(int x, int y) {
        return (int) (125 + 50 * Math.sin(x / 6.0) + 40 * Math.sin(y / 5.0));
    }

    private UpscalePipeline guarded(FakeSource source, SuperResolver resolver) {
        return UpscalePipeline.of(source, resolver, sink).guard(flaws);
    }

    @ParameterizedTest
    @EnumSource(Spoiling.class)
    void whatWasSpoiltOnceIsComputedAgain(Spoiling how) {
        // The first picture only: all of its tiles, the sampled ones.
        UpscalePipeline pipeline = guarded(source(3, OutputGuardTest::waves), new Spoiler(how, 0, 4));
        StepVerifier.create(pipeline.run()).expectNextCount(3).expectComplete().verify(SOON);
        assertThat(mended).singleElement().asString().startsWith("fake-x2: the picture at PTS 0 ");
        assertThat(spoilt).isEmpty();
        assertThat(shown).as("the same picture three times").containsOnly(shown.get(2));
        assertThat(pipeline.lostBuffers()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Spoiling.class)
    void whatStaysSpoiltEndsTheRunWithALine(Spoiling how) {
        UpscalePipeline pipeline = guarded(source(3, OutputGuardTest::waves), new Spoiler(how, 0, Integer.MAX_VALUE));
        StepVerifier.create(pipeline.run())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(StreamException.class)
                        .hasMessageStartingWith("fake-x2: the picture at PTS 0 ")
                        .hasMessageContaining("also when computed again"))
                .verify(SOON);
        assertThat(spoilt).hasSize(1);
        assertThat(sink.finished).isFalse();
    }

    @Test
    void whatStaysSpoiltIsResizedWhereTheRunMustGoOn() {
        resize = true;
        UpscalePipeline pipeline =
                guarded(source(3, OutputGuardTest::waves), new Spoiler(Spoiling.BLACK, 0, Integer.MAX_VALUE));
        StepVerifier.create(pipeline.run()).expectNextCount(3).expectComplete().verify(SOON);
        assertThat(spoilt).as("after a flaw every picture is looked at").hasSize(3);
        assertThat(shown).allSatisfy(code -> assertThat(code).isBetween(60, 220));
        assertThat(pipeline.lostBuffers()).isZero();
    }

    @Test
    void laterPicturesAreMadeFromTheOneThatWasComputedAgain() {
        UpscalePipeline pipeline = guarded(source(4, OutputGuardTest::waves), new Spoiler(Spoiling.FLAT, 0, 4))
                .reuse(ReuseMode.EXACT, map -> {});
        StepVerifier.create(pipeline.run()).expectNextCount(4).expectComplete().verify(SOON);
        assertThat(mended).hasSize(1);
        assertThat(shown).containsOnly(shown.get(3));
        assertThat(shown.get(3)).isNotEqualTo(126);
    }

    /** What looks odd and is right. */
    private enum Ordinary implements IntBinaryOperator {
        BLACK((x, y) -> 16),
        NEARLY_BLACK((x, y) -> 16 + (x * 7 + y * 13) % 3),
        TITLE((x, y) -> y / 10 % 3 == 1 && x / 5 % 2 == 0 ? 235 : 16),
        GRAIN(new IntBinaryOperator() {
            private final Random random = new Random(3);

            @Override
            public int applyAsInt(int x, int y) {
                return Math.max(16, Math.min(235, (int) (100 + 25 * random.nextGaussian())));
            }
        }),
        EDGE_AT_A_BORDER((x, y) -> x < 94 ? 40 : 200),
        LINE_AT_A_BORDER((x, y) -> x == 94 || y == 94 ? 235 : 60),
        SLOPE((x, y) -> 16 + x),
        CHECKS((x, y) -> (x / 2 + y / 2) % 2 == 0 ? 30 : 220);

        private final IntBinaryOperator luma;

        Ordinary(IntBinaryOperator luma) {
            this.luma = luma;
        }

        @Override
        public int applyAsInt(int x, int y) {
            return luma.applyAsInt(x, y);
        }
    }

    @ParameterizedTest
    @EnumSource(Ordinary.class)
    void ordinaryPicturesRaiseNothing(Ordinary picture) {
        Spoiler sound = new Spoiler(Spoiling.BLACK, Integer.MAX_VALUE, Integer.MAX_VALUE);
        StepVerifier.create(guarded(source(2, picture), sound).run())
                .expectNextCount(2)
                .expectComplete()
                .verify(SOON);
        assertThat(mended).isEmpty();
        assertThat(spoilt).isEmpty();
    }
}
