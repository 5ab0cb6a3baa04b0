package io.upflux.reuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeDetectorTest {
    private static final Tolerance NEAR = new Tolerance(1.5, 12);

    private final NativeScope scope = new NativeScope();

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void identicalPicturesAreUnchangedWhateverLiesBetweenTheirRows() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            FrameFormat format = Pictures.anyFormat(random);
            VideoFrame reference = Pictures.noise(scope, format, random);
            VideoFrame frame = Pictures.copy(scope, reference, random);
            for (Tolerance tolerance : new Tolerance[] {Tolerance.EXACT, NEAR}) {
                Changes changes = compare(frame, reference, tolerance);
                assertThat(Pictures.count(changes, WindowState.UNCHANGED))
                        .as("%s", format)
                        .isEqualTo(changes.grid().windows());
            }
        }
    }

    @Test
    void everyWindowAgreesWithCountingSampleBySample() {
        int[] seen = new int[WindowState.values().length];
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            FrameFormat format = Pictures.anyFormat(random);
            VideoFrame reference = Pictures.noise(scope, format, random);
            VideoFrame frame = Pictures.copy(scope, reference, random);
            disturb(frame, random);
            Tolerance tolerance = random.nextInt(3) == 0 ? Tolerance.EXACT : anyTolerance(random);
            Changes changes = compare(frame, reference, tolerance);
            for (int w = 0; w < changes.grid().windows(); w++) {
                Expected expected = expected(frame, reference, tolerance, changes.grid(), w);
                assertThat(changes.state(w))
                        .as("%s %s window %d", format, tolerance, w)
                        .isEqualTo(expected.state);
                seen[expected.state.ordinal()]++;
                if (expected.state == WindowState.COMPUTED && tolerance.isExact()) {
                    assertThat(box(changes, w)).as("%s window %d", format, w).containsExactly(expected.box);
                }
            }
            frame.close();
            reference.close();
        }
        assertThat(seen[WindowState.UNCHANGED.ordinal()]).isGreaterThan(1000);
        assertThat(seen[WindowState.UPDATED.ordinal()]).isGreaterThan(1000);
        assertThat(seen[WindowState.COMPUTED.ordinal()]).isGreaterThan(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 12, UPDATED",
        "8, 13, COMPUTED",
        "10, 48, UPDATED",
        "10, 49, COMPUTED",
        "16, 3072, UPDATED",
        "16, 3073, COMPUTED"
    })
    void oneSampleBeyondTheMaximumMakesTheChangeReal(int depth, int delta, WindowState state) {
        FrameFormat format = Pictures.format(16, 16, PixelLayout.yuv(depth, 1, 1));
        Random random = new Random(depth);
        VideoFrame reference = Pictures.noise(scope, format, random);
        VideoFrame frame = Pictures.copy(scope, reference, random);
        Pictures.shift(frame, 0, 9, 3, delta);
        Changes changes = compare(frame, reference, NEAR);
        assertThat(changes.state(1)).isEqualTo(state);
        assertThat(Pictures.count(changes, WindowState.UNCHANGED)).isEqualTo(3);
    }

    @Test
    void theWorstPlaneDecides() {
        FrameFormat format = Pictures.format(8, 8, PixelLayout.YUV420P);
        VideoFrame reference = TestFrames.random(scope, format, 0, 1);
        VideoFrame frame = Pictures.copy(scope, reference, new Random(1));
        for (int i = 0; i < 16; i++) {
            Pictures.shift(frame, 2, i % 4, i / 4, 2);
        }
        assertThat(compare(frame, reference, new Tolerance(2, 12)).state(0)).isEqualTo(WindowState.UPDATED);
        assertThat(compare(frame, reference, new Tolerance(1.9, 12)).state(0)).isEqualTo(WindowState.COMPUTED);
    }

    @Test
    void copiedWindowsBecomeIdenticalAndOthersStay() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            FrameFormat format = Pictures.anyFormat(random);
            VideoFrame reference = Pictures.noise(scope, format, random);
            VideoFrame before = Pictures.copy(scope, reference, random);
            VideoFrame frame = Pictures.noise(scope, format, random);
            WindowGrid grid = WindowGrid.of(format);
            BitSet chosen = new BitSet();
            double share = random.nextDouble();
            for (int w = 0; w < grid.windows(); w++) {
                chosen.set(w, random.nextDouble() < share);
            }
            WindowCopy.copy(frame, chosen, reference);
            Changes toFrame = compare(reference, frame, Tolerance.EXACT);
            Changes toBefore = compare(reference, before, Tolerance.EXACT);
            for (int w = 0; w < grid.windows(); w++) {
                Changes same = chosen.get(w) ? toFrame : toBefore;
                assertThat(same.state(w)).as("%s window %d", format, w).isEqualTo(WindowState.UNCHANGED);
            }
            reference.close();
            before.close();
            frame.close();
        }
    }

    @Test
    void refusesPicturesOfAnotherSizeOrLayout() {
        FrameFormat format = Pictures.format(16, 16, PixelLayout.YUV420P);
        ChangeDetector detector = new ChangeDetector(format);
        Changes changes = new Changes(detector.grid());
        VideoFrame frame = TestFrames.random(scope, format, 0, 1);
        VideoFrame wide = TestFrames.random(scope, format.withSize(17, 16), 0, 1);
        VideoFrame deep = TestFrames.random(scope, format.withLayout(PixelLayout.yuv(10, 1, 1)), 0, 1);
        for (VideoFrame other : new VideoFrame[] {wide, deep}) {
            assertThatThrownBy(() -> detector.compare(frame, other, NEAR, changes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("yuv420p of 16x16");
            assertThatThrownBy(() -> WindowCopy.copy(frame, new BitSet(), other))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Changes compare(VideoFrame frame, VideoFrame reference, Tolerance tolerance) {
        ChangeDetector detector = new ChangeDetector(frame.format());
        Changes changes = new Changes(detector.grid());
        // What is left of another picture must not count.
        for (int w = 0; w < changes.grid().windows(); w++) {
            changes.changed(w, true);
        }
        detector.compare(frame, reference, tolerance, changes);
        return changes;
    }

    private static Tolerance anyTolerance(Random random) {
        return new Tolerance(0.1 + random.nextInt(30) / 10.0, 1 + random.nextInt(300));
    }

    /** Scattered, dense, faint or strong changes in some planes. */
    private static void disturb(VideoFrame frame, Random random) {
        double share = random.nextInt(4) == 0 ? 1 : Math.pow(10, -3 * random.nextDouble());
        int span = 1 + random.nextInt(1 + (frame.format().layout().maxValue() >> random.nextInt(8)));
        int planes = 1 + random.nextInt((1 << frame.planes().size()) - 1);
        for (int p = 0; p < frame.planes().size(); p++) {
            if ((planes >> p & 1) == 0) {
                continue;
            }
            for (int y = 0; y < frame.plane(p).height(); y++) {
                for (int x = 0; x < frame.plane(p).width(); x++) {
                    if (random.nextDouble() < share) {
                        Pictures.shift(frame, p, x, y, random.nextInt(2 * span + 1) - span);
                    }
                }
            }
        }
    }

    private static int[] box(Changes changes, int window) {
        return new int[] {changes.left(window), changes.top(window), changes.right(window), changes.bottom(window)};
    }

    private static final class Expected {
        WindowState state = WindowState.UNCHANGED;
        boolean any;
        int[] box = {Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0};
    }

    private static Expected expected(
            VideoFrame frame, VideoFrame reference, Tolerance tolerance, WindowGrid grid, int window) {
        PixelLayout layout = frame.format().layout();
        Expected expected = new Expected();
        int scale = 1 << (layout.depth() - 8);
        boolean real = false;
        for (int p = 0; p < layout.planes(); p++) {
            int shiftX = layout.isSubsampled(p) ? layout.chromaShiftX() : 0;
            int shiftY = layout.isSubsampled(p) ? layout.chromaShiftY() : 0;
            long sum = 0;
            int max = 0;
            int samples = 0;
            for (int y = 0; y < frame.plane(p).height(); y++) {
                for (int x = 0; x < frame.plane(p).width(); x++) {
                    int lumaX = x << shiftX;
                    int lumaY = y << shiftY;
                    if (lumaX / 8 + lumaY / 8 * grid.columns() != window) {
                        continue;
                    }
                    int d = Math.abs(TestFrames.get(frame, p, x, y) - TestFrames.get(reference, p, x, y));
                    samples++;
                    sum += d;
                    max = Math.max(max, d);
                    if (d > 0) {
                        expected.box[0] = Math.min(expected.box[0], lumaX);
                        expected.box[1] = Math.min(expected.box[1], lumaY);
                        expected.box[2] = Math.max(expected.box[2], Math.min(lumaX + (1 << shiftX), grid.width()));
                        expected.box[3] = Math.max(expected.box[3], Math.min(lumaY + (1 << shiftY), grid.height()));
                    }
                }
            }
            real |= sum > 0 && (sum > Math.floor(tolerance.mean() * samples * scale) || max > tolerance.max() * scale);
            expected.any |= sum > 0;
        }
        if (expected.any) {
            expected.state = real ? WindowState.COMPUTED : WindowState.UPDATED;
        }
        return expected;
    }
}
