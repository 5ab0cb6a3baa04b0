package io.upflux.models.quality;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatlabResizeTest {
    @Test
    void halvesAnImpulseByTheWidenedKernel() {
        // Keys stretched by two, at distances 1/4, 3/4, 5/4 and 7/4: 111, 29, -9, -3 of 128, each halved. A column of
        // 240 at x = 7 is 1/2 sample right of output 3's first neighbour: outputs 2, 3, 4, 5 see it at 5/4, 1/4, 3/4,
        // 7/4.
        byte[] rgb = new byte[3 * 16 * 8];
        for (int y = 0; y < 8; y++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * (y * 16 + 7) + c] = (byte) 240;
            }
        }
        RgbPicture half = MatlabResize.resize(new RgbPicture(16, 8, rgb), 8, 4);
        int[] expected = {0, 0, 0, 104, 27, 0, 0, 0};
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 8; x++) {
                assertThat(half.sample(x, y, 1)).as("%d,%d", x, y).isEqualTo(expected[x]);
            }
        }
    }

    @Test
    void keepsARampARampAwayFromTheBorders() {
        byte[] rgb = new byte[3 * 60 * 4];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (4 * (i / 3 % 60));
        }
        RgbPicture third = MatlabResize.resize(new RgbPicture(60, 4, rgb), 20, 4);
        for (int x = 3; x < 17; x++) {
            // Centre of three samples: 3x + 1.
            assertThat(third.sample(x, 2, 0)).isEqualTo(4 * (3 * x + 1));
        }
    }

    @Test
    void enlargesWithoutWideningTheKernel() {
        byte[] rgb = new byte[3 * 8];
        for (int x = 4; x < 8; x++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * x + c] = (byte) 128;
            }
        }
        RgbPicture twice = MatlabResize.resize(new RgbPicture(8, 1, rgb), 16, 1);
        // Outputs lie 1/4 sample beside inputs and weigh 111, 29, -9 and -3 of 128. From the left of the step on they
        // see
        // -3, -9 - 3 ... of it, saturated at 0; then 29 - 3, 111 - 9, 128 + 9, 128 + 3, and all.
        int[] expected = {0, 0, 0, 0, 0, 0, 0, 26, 102, 137, 131, 128, 128, 128, 128, 128};
        for (int x = 0; x < 16; x++) {
            assertThat(twice.sample(x, 0, 2)).as("%d", x).isEqualTo(expected[x]);
        }
    }

    @Test
    void copesWithASinglePixel() {
        RgbPicture one = new RgbPicture(1, 1, new byte[] {10, 20, 30});
        RgbPicture made = MatlabResize.resize(MatlabResize.resize(one, 3, 2), 1, 1);
        assertThat(made.rgb()).containsExactly(10, 20, 30);
    }
}
