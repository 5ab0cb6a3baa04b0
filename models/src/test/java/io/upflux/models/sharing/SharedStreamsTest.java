package io.upflux.models.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.onnx.Boxes;
import io.upflux.models.onnx.Taker;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that share a real network, through the whole chain. */
@Timeout(180)
class SharedStreamsTest {
    private static final int STREAMS = 5;
    private static final int FRAMES = 8;
    private static final FrameFormat FORMAT = new FrameFormat(
            133,
            109,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    private final OpenModels models = new OpenModels(Catalogue.standard());
    private final ExecutorService threads = Executors.newFixedThreadPool(STREAMS);

    @ParameterizedTest
    @ValueSource(strings = {"plain-s-x2", "plain-m-x2"})
    void eachGetsTheFramesItGetsAlone(String model) {
        List<List<byte[]>> alone = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            alone.add(frames(model, i));
        }
        assertThat(models.runs()).isEqualTo(models.calls());
        long before = models.calls();
        try (SuperResolver kept = open(model)) {
            List<CompletableFuture<List<byte[]>>> together = IntStream.range(0, STREAMS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> frames(model, i), threads))
                    .toList();
            for (int i = 0; i < STREAMS; i++) {
                List<byte[]> frames =
                        together.get(i).orTimeout(120, TimeUnit.SECONDS).join();
                assertThat(frames).hasSize(FRAMES);
                for (int frame = 0; frame < FRAMES; frame++) {
                    assertThat(distance(frames.get(frame), alone.get(i).get(frame)))
                            .as("stream %d, frame %d", i, frame)
                            .isLessThanOrEqualTo(1);
                }
            }
            assertThat(models.networks()).isEqualTo(1);
            assertThat(models.users()).isEqualTo(1);
            assertThat(kept.traits().name()).isEqualTo(model);
        }
        assertThat(models.calls()).isEqualTo(2 * before);
        assertThat(models.networks()).isZero();
        threads.shutdown();
    }

    @Test
    void oneThatIsCancelledLeavesTheOthersAsTheyAre() {
        List<byte[]> alone = frames("plain-s-x2", 1);
        try (SuperResolver cancelled = open("plain-s-x2")) {
            CompletableFuture<List<byte[]>> other =
                    CompletableFuture.supplyAsync(() -> frames("plain-s-x2", 1), threads);
            for (int i = 0; i < 8; i++) {
                UpscalePipeline pipeline = UpscalePipeline.of(
                                new Boxes(FORMAT, 1000, 6, i), cancelled, new Taker(new ArrayList<>()))
                        .live();
                pipeline.run().take(1 + i % 3).blockLast();
                pipeline.closed().block(Duration.ofSeconds(60));
            }
            List<byte[]> frames = other.orTimeout(120, TimeUnit.SECONDS).join();
            for (int frame = 0; frame < FRAMES; frame++) {
                assertThat(distance(frames.get(frame), alone.get(frame))).isLessThanOrEqualTo(1);
            }
        }
        assertThat(models.networks()).isZero();
        threads.shutdown();
    }

    private SuperResolver open(String model) {
        return models.open(models.catalogue().find(model, null), Device.CPU, 2, Halting.OFF);
    }

    private List<byte[]> frames(String model, int seed) {
        List<byte[]> frames = new ArrayList<>();
        try (SuperResolver resolver = open(model)) {
            UpscalePipeline pipeline = UpscalePipeline.of(
                            new Boxes(FORMAT, FRAMES, 2, seed), resolver, new Taker(frames))
                    .reuse(ReuseMode.EXACT, map -> {})
                    .live();
            pipeline.run().blockLast();
            assertThat(pipeline.lostBuffers()).isZero();
        }
        return frames;
    }

    private static int distance(byte[] one, byte[] other) {
        int worst = 0;
        for (int i = 0; i < one.length; i++) {
            worst = Math.max(worst, Math.abs((one[i] & 0xff) - (other[i] & 0xff)));
        }
        return worst;
    }
}
