package io.upflux.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QualityMeterTest {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 100;

    private final NativeScope scope = new NativeScope();
    private final QualityMeter meter = new QualityMeter();

    @AfterEach
    void free() {
        scope.reclaim();
    }

    @Test
    void equalSequencesAreEqual() {
        meter.add(grey(80), grey(80));
        meter.add(grey(90), grey(90));

        Quality quality = meter.result();
        assertThat(quality.psnr()).isEqualTo(Quality.EQUAL);
        assertThat(quality.worstFrame()).isEqualTo(Quality.EQUAL);
        assertThat(quality.worstBlock()).isEqualTo(Quality.EQUAL);
        assertThat(quality.flicker()).isEqualTo(Quality.EQUAL);
    }

    @Test
    void theWorstFrameAndBlockAreFound() {
        VideoFrame spotted = grey(80);
        square(spotted, 130, 70, 10, 100);
        meter.add(grey(80), grey(81));
        meter.add(grey(80), spotted);

        Quality quality = meter.result();
        double spot = 100 * 20.0 * 20;
        assertThat(quality.frames().get(0)).isCloseTo(psnr(1), within(1e-9));
        assertThat(quality.frames().get(1)).isCloseTo(psnr(spot / (WIDTH * HEIGHT)), within(1e-9));
        assertThat(quality.psnr()).isCloseTo(psnr((1 + spot / (WIDTH * HEIGHT)) / 2), within(1e-9));
        assertThat(quality.worstFrame()).isEqualTo(quality.frames().get(1));
        assertThat(quality.worstBlock())
                .as("the block at the edge is 32x36")
                .isCloseTo(psnr(spot / (32 * 36)), within(1e-9));
        assertThat(quality.where()).isEqualTo(new Quality.Block(1, 128, 64));
    }

    @Test
    void anErrorThatStaysDoesNotFlicker() {
        meter.add(grey(80), grey(90));
        meter.add(grey(120), grey(130));
        assertThat(meter.result().flicker()).isEqualTo(Quality.EQUAL);

        meter.add(grey(80), grey(92));
        assertThat(meter.result().flicker()).isCloseTo(psnr(2), within(1e-9));
    }

    @Test
    void lossesAreThoseOfTheFrameAndBlockThatLostMost() {
        QualityMeter other = new QualityMeter();
        other.add(grey(80), grey(82));
        other.add(grey(80), grey(81));
        meter.add(grey(80), grey(82));
        meter.add(grey(80), grey(84));

        assertThat(meter.result().worstFrameLoss(other.result())).isCloseTo(psnr(1) - psnr(16), within(1e-9));
        assertThat(meter.result().worstBlockLoss(other.result())).isCloseTo(psnr(1) - psnr(16), within(1e-9));
        assertThat(other.result().worstFrameLoss(meter.result())).isZero();
    }

    @Test
    void deepSamplesAreMeasuredOnTheScaleOfEightBits() {
        FrameFormat deep = format().withLayout(PixelLayout.yuv(10, 1, 1));
        VideoFrame made = scope.frame(deep, 0, 1);
        Plane plane = made.plane(0);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                plane.data().putShort(y * plane.stride() + 2 * x, (short) (4 * 82 + 2));
            }
        }
        meter.add(grey(80), made);

        assertThat(meter.result().psnr()).isCloseTo(psnr(6.25), within(1e-4));
    }

    @Test
    void otherSizesAreRefused() {
        VideoFrame small = scope.frame(format().withSize(64, 64), 0, 1);

        assertThatThrownBy(() -> meter.add(small, grey(80)))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("160x100")
                .hasMessageContaining("64x64");
    }

    private static double psnr(double meanSquare) {
        return 10 * Math.log10(255 * 255 / meanSquare);
    }

    private static FrameFormat format() {
        return new FrameFormat(
                WIDTH,
                HEIGHT,
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                new Rational(25, 1));
    }

    private VideoFrame grey(int value) {
        VideoFrame frame = scope.frame(format(), 0, 1);
        square(frame, 0, 0, Math.max(WIDTH, HEIGHT), value);
        return frame;
    }

    private static void square(VideoFrame frame, int left, int top, int side, int value) {
        Plane plane = frame.plane(0);
        for (int y = top; y < Math.min(HEIGHT, top + side); y++) {
            for (int x = left; x < Math.min(WIDTH, left + side); x++) {
                plane.data().put(y * plane.stride() + x, (byte) value);
            }
        }
    }
}
