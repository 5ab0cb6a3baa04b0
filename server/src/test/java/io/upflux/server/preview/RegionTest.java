package io.upflux.server.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionTest {
    /** A source of 51x31 pixels with halved chroma, enlarged three times: parts begin at multiples of 6. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 153, 93,    0, 0, 153, 93",
        "0, 0, 9999, 9999, 0, 0, 153, 93",
        "13, 5, 10, 10,    12, 0, 12, 18",
        "12, 6, 6, 6,      12, 6, 6, 6",
        "150, 90, 3, 3,    150, 90, 3, 3",
        "152, 0, 1, 1,     150, 0, 3, 6",
        "900, 900, 5, 5,   150, 90, 3, 3"
    })
    void aRegionIsCutWhereBothPicturesCanBe(
            int x, int y, int width, int height, int left, int top, int columns, int rows) {
        FrameFormat source = format(51, 31);
        assertThat(new Region(x, y, width, height).fitted(source, format(153, 93), 3))
                .isEqualTo(new Region(left, top, columns, rows));
    }

    private static FrameFormat format(int width, int height) {
        return new FrameFormat(
                width,
                height,
                PixelLayout.YUV420P,
                ColourSpec.UNKNOWN_LIMITED,
                Rational.ONE,
                new Rational(1, 25),
                Rational.UNKNOWN);
    }
}
