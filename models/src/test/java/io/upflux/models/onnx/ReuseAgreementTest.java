package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.models.Catalogue;
import io.upflux.models.Device;
import io.upflux.models.Halting;
import io.upflux.models.ModelCard;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.UpscalePipeline;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.ReuseMode;
import io.upflux.reuse.WindowShares;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures made from earlier ones against pictures computed whole, with real networks, through the whole chain. */
class ReuseAgreementTest {
    private static final int FRAMES = 8;

    @ParameterizedTest
    @CsvSource({
        "plain-m-x2,true,1",
        "plain-m-x2,false,1",
        "plain-s-x2,true,1",
        "plain-s-x2,false,1",
        "plain-m-int8-x2,false,0",
        "plain-s-int8-x2,true,0"
    })
    void exactReuseGivesWhatComputingGives(String model, boolean live, int codes) {
        FrameFormat format = format(317, 239);
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find(model, null), Device.CPU)) {
            Taken off = run(resolver, format, ReuseMode.OFF, live, 6);
            Taken exact = run(resolver, format, ReuseMode.EXACT, live, 6);
            assertThat(exact.shares.unchanged()).isPositive();
            assertThat(exact.frames).hasSize(FRAMES);
            for (int i = 0; i < FRAMES; i++) {
                assertThat(distance(off.frames.get(i), exact.frames.get(i)))
                        .as("frame %d", i)
                        .isLessThanOrEqualTo(codes);
            }
        }
    }

    /** The first picture decides by itself; then blocks are left out as is known from it, to about the same end. */
    @Test
    void windowsPassAsManyBlocksAsIsKnownOfThem() {
        FrameFormat format = format(160, 128);
        Catalogue catalogue = Catalogue.standard();
        ModelCard card = catalogue.find("adaformer-v-s-x2", null);
        Halting early = new Halting(0.1);
        try (SuperResolver told = catalogue.open(card, Device.CPU, 0, early);
                SuperResolver deciding = catalogue.open(card, Device.CPU, 0, early)) {
            Taken reused = run(told, format, ReuseMode.EXACT, false, 6);
            Taken alone = run(deciding, format, ReuseMode.OFF, false, 6);
            assertThat(reused.shares.unchanged()).isPositive();
            assertThat(reused.depths).hasSize(FRAMES);
            assertThat(reused.depths.get(0)).isEqualTo(alone.depths.get(0));
            assertThat(distance(reused.frames.get(0), alone.frames.get(0))).isZero();
            assertThat(reused.depths.get(FRAMES - 1).sum()).isLessThan(8L * 20 * 16);
            assertThat(psnr(reused.frames.get(FRAMES - 1), alone.frames.get(FRAMES - 1)))
                    .isGreaterThan(25);
        }
    }

    /** Squares at the edge of pictures, chroma included, where windows do not end with the picture. */
    @Test
    void aNetworkThatSeesTheWholePictureFollowsChangesUpToItsEdges() {
        FrameFormat format = format(157, 131);
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find("adaformer-v-s-x2", null), Device.CPU)) {
            Taken off = run(resolver, format, ReuseMode.OFF, false, 6);
            Taken exact = run(resolver, format, ReuseMode.EXACT, false, 6);
            assertThat(exact.shares.unchanged()).isPositive();
            assertThat(distance(off.frames.get(0), exact.frames.get(0))).isZero();
            for (int i = 1; i < FRAMES; i++) {
                // The context is an earlier picture's, of which little has changed.
                assertThat(distance(off.frames.get(i), exact.frames.get(i)))
                        .as("frame %d", i)
                        .isLessThanOrEqualTo(2);
            }
        }
    }

    private static double psnr(byte[] one, byte[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += Math.pow((one[i] & 0xff) - (other[i] & 0xff), 2);
        }
        return 10 * Math.log10(255 * 255 / (sum / one.length + 1e-9));
    }

    @Test
    void manyScatteredSquaresDoNotWaitForEachOther() {
        Catalogue catalogue = Catalogue.standard();
        try (SuperResolver resolver = catalogue.open(catalogue.find("bicubic-x2", null), Device.CPU)) {
            Taken near = run(resolver, format(960, 960), ReuseMode.NEAR, false, 120);
            assertThat(near.frames).hasSize(FRAMES);
            assertThat(near.shares.unchanged()).isGreaterThan(near.shares.computed());
        }
    }

    private static FrameFormat format(int width, int height) {
        return new FrameFormat(
                width,
                height,
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
    }

    /** What came out. */
    private record Taken(List<byte[]> frames, WindowShares shares, List<DepthSum> depths) {}

    /** How many blocks all windows of a picture passed. */
    private record DepthSum(long sum) {
        static DepthSum of(HaltingMap map) {
            long sum = 0;
            for (int i = 0; i < map.width() * map.height(); i++) {
                sum += map.depth(i % map.width(), i / map.width());
            }
            return new DepthSum(sum);
        }
    }

    private static Taken run(SuperResolver resolver, FrameFormat format, ReuseMode mode, boolean live, int boxes) {
        List<byte[]> frames = new ArrayList<>();
        List<ReuseMap> maps = new ArrayList<>();
        List<DepthSum> depths = new ArrayList<>();
        UpscalePipeline pipeline = UpscalePipeline.of(new Boxes(format, FRAMES, boxes, 7), resolver, new Taker(frames))
                .halting(map -> depths.add(DepthSum.of(map)))
                .reuse(mode, maps::add);
        (live ? pipeline.live() : pipeline).run().blockLast();
        assertThat(pipeline.lostBuffers()).isZero();
        return new Taken(
                frames, maps.stream().map(ReuseMap::shares).reduce(WindowShares.NONE, WindowShares::plus), depths);
    }

    private static int distance(byte[] one, byte[] other) {
        int worst = 0;
        for (int i = 0; i < one.length; i++) {
            worst = Math.max(worst, Math.abs((one[i] & 0xff) - (other[i] & 0xff)));
        }
        return worst;
    }
}
