package io.upflux.frame;

import static io.upflux.frame.TestFrames.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCopyTest {
    private final NativeScope scope = new NativeScope();

    @AfterEach
    void everythingIsReleased() {
        assertThat(scope.reclaim()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aPartIsFilledWithItsPlaceAndWithTheEdgeBeyond(long seed) {
        Random random = new Random(seed);
        PixelLayout layout = layout(random);
        VideoFrame from =
                frame(5 + random.nextInt(20), 5 + random.nextInt(20), layout.withAlpha(random.nextBoolean()), seed);
        int x = 2 * random.nextInt(from.format().width() / 2);
        int y = 2 * random.nextInt(from.format().height() / 2);
        VideoFrame part = frame(2 + 2 * random.nextInt(12), 2 + 2 * random.nextInt(12), layout, seed + 100);
        FrameCopy.fill(from, x, y, part);
        for (int p = 0; p < 3; p++) {
            Plane plane = part.plane(p);
            Plane source = from.plane(p);
            for (int row = 0; row < plane.height(); row++) {
                for (int column = 0; column < plane.width(); column++) {
                    int left = Math.min(layout.planeWidth(p, x) + column, source.width() - 1);
                    int top = Math.min(layout.planeHeight(p, y) + row, source.height() - 1);
                    assertThat(get(part, p, column, row))
                            .as("%s at %s,%s: plane %s, %s,%s", layout, x, y, p, column, row)
                            .isEqualTo(get(from, p, left, top));
                }
            }
        }
        from.close();
        part.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aPartIsPutInItsPlaceAndNothingElseChanges(long seed) {
        Random random = new Random(seed);
        PixelLayout layout = layout(random);
        VideoFrame part = frame(16, 12, layout, seed);
        VideoFrame to = frame(
                5 + random.nextInt(20), 5 + random.nextInt(20), layout.withAlpha(random.nextBoolean()), seed + 100);
        VideoFrame before = scope.frame(to.format(), 0, 0);
        to.copyTo(before);
        int fromX = 2 * random.nextInt(4);
        int fromY = 2 * random.nextInt(3);
        int width = 2 + 2 * random.nextInt((16 - fromX) / 2);
        int height = 2 + 2 * random.nextInt((12 - fromY) / 2);
        int x = 2 * random.nextInt(to.format().width() / 2 + 2);
        int y = 2 * random.nextInt(to.format().height() / 2 + 2);
        FrameCopy.put(part, fromX, fromY, width, height, to, x, y);
        for (int p = 0; p < to.planes().size(); p++) {
            int left = layout.planeWidth(p, x);
            int top = layout.planeHeight(p, y);
            for (int row = 0; row < to.plane(p).height(); row++) {
                for (int column = 0; column < to.plane(p).width(); column++) {
                    boolean inside = p < 3
                            && column >= left
                            && row >= top
                            && column < left + layout.planeWidth(p, width)
                            && row < top + layout.planeHeight(p, height);
                    int expected = inside
                            ? get(
                                    part,
                                    p,
                                    layout.planeWidth(p, fromX) + column - left,
                                    layout.planeHeight(p, fromY) + row - top)
                            : get(before, p, column, row);
                    assertThat(get(to, p, column, row))
                            .as("%s at %s,%s: plane %s, %s,%s", layout, x, y, p, column, row)
                            .isEqualTo(expected);
                }
            }
        }
        part.close();
        to.close();
        before.close();
    }

    @Test
    void codesOfOtherLayoutsAreRefused() {
        VideoFrame one = frame(4, 4, PixelLayout.YUV420P, 1);
        VideoFrame other = frame(4, 4, PixelLayout.yuv(10, 1, 1), 1);
        assertThatThrownBy(() -> FrameCopy.fill(one, 0, 0, other)).isInstanceOf(IllegalArgumentException.class);
        one.close();
        other.close();
    }

    private static PixelLayout layout(Random random) {
        return PixelLayout.yuv(random.nextBoolean() ? 8 : 10, random.nextInt(2), random.nextInt(2));
    }

    private VideoFrame frame(int width, int height, PixelLayout layout, long seed) {
        return TestFrames.random(scope, TestFrames.format(width, height, layout, ColourSpec.UNKNOWN_LIMITED), 0, seed);
    }
}
