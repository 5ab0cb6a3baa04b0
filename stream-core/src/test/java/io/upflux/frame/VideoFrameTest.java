package io.upflux.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoFrameTest {
    @ParameterizedTest
    @CsvSource({"8, 0, 0, 21, 13", "8, 4, 2, 8, 6", "10, 4, 2, 17, 11", "8, 20, 12, 1, 1"})
    void aPartHasTheSamplesOfItsPlace(int depth, int x, int y, int width, int height) {
        try (NativeScope scope = new NativeScope()) {
            FrameFormat format = TestFrames.format(21, 13, PixelLayout.yuv(depth, 1, 1), ColourSpec.UNKNOWN_LIMITED);
            VideoFrame frame = TestFrames.random(scope, format, 7, 1);
            VideoFrame part = frame.crop(x, y, width, height);
            assertThat(part.format()).isEqualTo(format.withSize(width, height));
            assertThat(part.pts()).isEqualTo(7);
            for (int plane = 0; plane < 3; plane++) {
                int half = plane == 0 ? 1 : 2;
                for (int row = 0; row < part.plane(plane).height(); row++) {
                    for (int column = 0; column < part.plane(plane).width(); column++) {
                        assertThat(TestFrames.get(part, plane, column, row))
                                .isEqualTo(TestFrames.get(frame, plane, x / half + column, y / half + row));
                    }
                }
            }
            frame.close();
            assertThat(scope.outstanding()).as("the part owns the memory, too").isEqualTo(1);
            part.close();
            assertThat(scope.outstanding()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"-2, 0, 4, 4", "0, 0, 23, 4", "20, 0, 4, 4", "0, 12, 4, 4"})
    void aPartLiesInsideThePicture(int x, int y, int width, int height) {
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = TestFrames.random(scope, TestFrames.yuv420(21, 13), 0, 1)) {
            assertThatThrownBy(() -> frame.crop(x, y, width, height))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not inside a picture of 21x13");
        }
    }
}
