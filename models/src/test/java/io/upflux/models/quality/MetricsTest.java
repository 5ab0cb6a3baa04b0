package io.upflux.models.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void psnrFollowsItsDefinition() {
        double[] a = new double[64];
        double[] b = new double[64];
        Arrays.fill(a, 100);
        Arrays.fill(b, 116);
        // 20 log10(255 / 16).
        assertThat(Psnr.of(a, b, 8, 8, 0)).isCloseTo(24.0484, offset(1e-4));
        assertThat(Psnr.of(a, a, 8, 8, 0)).isInfinite();
    }

    @Test
    void psnrIgnoresTheBorder() {
        double[] a = new double[25];
        double[] b = new double[25];
        b[12] = 255;
        b[0] = 77;
        assertThat(Psnr.of(a, b, 5, 5, 2)).isCloseTo(0, offset(1e-12));
        // One of nine samples is off by the peak: 10 log10 9.
        assertThat(Psnr.of(a, b, 5, 5, 1)).isCloseTo(9.5424, offset(1e-4));
        assertThatThrownBy(() -> Psnr.of(a, b, 5, 5, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ssimOfFlatPicturesIsTheLuminanceTerm() {
        double[] a = new double[144];
        double[] b = new double[144];
        Arrays.fill(a, 100);
        Arrays.fill(b, 150);
        double c1 = 2.55 * 2.55;
        double expected = (2 * 100 * 150 + c1) / (100 * 100 + 150 * 150 + c1);
        assertThat(Ssim.of(a, b, 12, 12, 0)).isCloseTo(expected, offset(1e-9));
        assertThat(Ssim.of(a, a, 12, 12, 0)).isCloseTo(1, offset(1e-12));
    }

    @Test
    void ssimOfOneWindowFollowsItsDefinition() {
        double[] a = new double[121];
        double[] b = new double[121];
        double[] weight = new double[121];
        double total = 0;
        for (int i = 0; i < 121; i++) {
            int x = i % 11 - 5;
            int y = i / 11 - 5;
            a[i] = (i * 37) % 251;
            b[i] = (i * 91 + 13) % 253;
            weight[i] = Math.exp(-(x * x + y * y) / 4.5);
            total += weight[i];
        }
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < 121; i++) {
            meanA += weight[i] / total * a[i];
            meanB += weight[i] / total * b[i];
        }
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int i = 0; i < 121; i++) {
            varianceA += weight[i] / total * (a[i] - meanA) * (a[i] - meanA);
            varianceB += weight[i] / total * (b[i] - meanB) * (b[i] - meanB);
            covariance += weight[i] / total * (a[i] - meanA) * (b[i] - meanB);
        }
        double c1 = 6.5025;
        double c2 = 58.5225;
        double expected = (2 * meanA * meanB + c1)
                * (2 * covariance + c2)
                / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
        assertThat(Ssim.of(a, b, 11, 11, 0)).isCloseTo(expected, offset(1e-9));
        assertThatThrownBy(() -> Ssim.of(a, b, 11, 11, 1)).hasMessageContaining("11x11");
    }

    @Test
    void lumaIsMatlabs() {
        RgbPicture colours = new RgbPicture(5, 1, new byte[] {0, 0, 0, -1, -1, -1, -1, 0, 0, 0, -1, 0, 0, 0, -1});
        double[] y = YChannel.of(colours);
        double[] expected = {16, 235, 81.481, 144.553, 40.966};
        for (int i = 0; i < 5; i++) {
            assertThat(y[i]).isCloseTo(expected[i], offset(1e-9));
        }
    }

    @Test
    void lumaAndChromaComeBackAsRgb() {
        byte[] rgb = new byte[3 * 16 * 16];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 89 + i / 7);
        }
        RgbPicture picture = new RgbPicture(16, 16, rgb);
        RgbPicture back = YChannel.toRgb(16, 16, YChannel.of(picture), YChannel.cb(picture), YChannel.cr(picture));
        assertThat(back.rgb()).isEqualTo(rgb);
    }

    @Test
    void picturesOfDifferentSizeAreNotCompared() {
        RgbPicture a = new RgbPicture(2, 1, new byte[6]);
        RgbPicture b = new RgbPicture(1, 2, new byte[6]);
        assertThatThrownBy(() -> Psnr.onY(a, b, 0)).hasMessageContaining("2x1");
        assertThatThrownBy(() -> new RgbPicture(2, 2, new byte[6])).hasMessageContaining("2x2");
    }
}
