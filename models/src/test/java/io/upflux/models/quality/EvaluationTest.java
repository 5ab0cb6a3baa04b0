package io.upflux.models.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.upflux.models.onnx.Contract;
import io.upflux.models.onnx.Execution;
import io.upflux.models.onnx.ModelFiles;
import io.upflux.models.onnx.OnnxBuilder;
import io.upflux.models.onnx.OnnxFile;
import io.upflux.models.onnx.OnnxResolver;
import io.upflux.models.onnx.TestModels;
import io.upflux.models.onnx.TestPair;
import io.upflux.models.resize.IdentityResolver;
import io.upflux.models.resize.Kernel;
import io.upflux.models.resize.SeparableResizer;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void bicubicIsMatlabsBothWays(int scale) {
        RgbPicture reference = waves(67, 53);
        try (SuperResolver bicubic = SeparableResizer.of(Kernel.BICUBIC, scale)) {
            Evaluation.Result result = Evaluation.of(reference, bicubic);

            RgbPicture cropped = reference.modCrop(scale);
            RgbPicture small = MatlabResize.resize(cropped, cropped.width() / scale, cropped.height() / scale);
            RgbPicture expected = MatlabResize.resize(small, cropped.width(), cropped.height());
            int different = 0;
            for (int i = 0; i < expected.rgb().length; i++) {
                int difference =
                        Math.abs((expected.rgb()[i] & 0xff) - (result.picture().rgb()[i] & 0xff));
                assertThat(difference).isLessThanOrEqualTo(1);
                different += difference;
            }
            // Float against double may round a tie the other way.
            assertThat(different).isLessThan(expected.rgb().length / 100);
            assertThat(result.psnr()).isCloseTo(Psnr.onY(cropped, expected, scale), offset(0.01));
            assertThat(result.psnr()).isBetween(15.0, 60.0);
            assertThat(result.ssim()).isBetween(0.3, 1.0);
        }
    }

    @Test
    void identityIsPerfect() {
        try (SuperResolver identity = new IdentityResolver()) {
            Evaluation.Result result = Evaluation.of(waves(31, 30), identity);
            assertThat(result.psnr()).isInfinite();
            assertThat(result.ssim()).isCloseTo(1, offset(1e-12));
            assertThat(result.picture().rgb()).isEqualTo(waves(31, 30).rgb());
        }
    }

    @Test
    void tilesOfAFixedSizeJoinWithoutASeam() {
        RgbPicture reference = waves(151, 122);
        RgbPicture whole = made(TestModels.blur(2, 3), reference);
        RgbPicture tiled = made(TestModels.blur(2, 3, 2, 24, 32), reference);
        // A fixed size that does not divide the picture pads beyond its far edges, so these may differ.
        for (int y = 0; y < whole.height() - 6; y++) {
            for (int x = 0; x < whole.width() - 6; x++) {
                for (int c = 0; c < 3; c++) {
                    assertThat(tiled.sample(x, y, c)).isCloseTo(whole.sample(x, y, c), offset(1));
                }
            }
        }
    }

    @Test
    void aLumaNetworkLeavesChromaToBicubic() {
        RgbPicture reference = waves(40, 36);
        RgbPicture made = made(TestModels.nearest(1, 2, OnnxBuilder.FLOAT, "n", "h", "w"), reference);
        RgbPicture small = MatlabResize.resize(reference, 20, 18);
        double[] luma = YChannel.of(made);
        double[] smallLuma = YChannel.of(small);
        for (int y = 0; y < 36; y++) {
            for (int x = 0; x < 40; x++) {
                // RGB is rounded to 8 bits in between.
                assertThat(luma[y * 40 + x]).isCloseTo(smallLuma[y / 2 * 20 + x / 2], offset(0.6));
            }
        }
        double[] cb = MatlabResize.resize(YChannel.cb(small), 20, 18, 40, 36);
        double[] madeCb = YChannel.cb(made);
        for (int i = 0; i < cb.length; i++) {
            assertThat(madeCb[i]).isCloseTo(cb[i], offset(0.7));
        }
    }

    @Test
    void aLargePictureIsSeenInSamples() {
        byte[] rgb = new byte[3 * 1100 * 1000];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (100 + 40 * (i % 3));
        }
        ModelFiles files = new TestPair("pair-x2").open();
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 2);
        RgbPicture made;
        try (SuperResolver resolver =
                OnnxResolver.open(files, "pair", contract, cpu, OptionalDouble.empty(), Notices.none())) {
            assertThat(resolver.samples(1100, 1000)).isPresent();
            made = new PictureUpscale(resolver).apply(new RgbPicture(1100, 1000, rgb));
        }
        for (int y = 2; y < 1998; y++) {
            for (int x = 2; x < 2198; x++) {
                for (int c = 0; c < 3; c++) {
                    // The blur makes 9/8 of a flat colour, three blocks add an eighth of what was seen each.
                    int expected = (int) Math.round(1.5 * (100 + 40 * c));
                    if (made.sample(x, y, c) != Math.min(255, expected)) {
                        assertThat(made.sample(x, y, c)).as(x + "," + y).isEqualTo(Math.min(255, expected));
                    }
                }
            }
        }
    }

    private static RgbPicture made(OnnxBuilder model, RgbPicture reference) {
        ModelFiles files = ModelFiles.alone(OnnxFile.of("test.onnx", model.build()));
        Contract contract = OnnxResolver.inspect(files, false, Notices.none());
        Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 1);
        try (SuperResolver resolver =
                OnnxResolver.open(files, "test", contract, cpu, OptionalDouble.empty(), Notices.none())) {
            return Evaluation.of(reference, resolver).picture();
        }
    }

    /** In gamut after any resizing: colours stay away from 0 and 255. */
    private static RgbPicture waves(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double wave = Math.sin(x * 0.9 + y * 0.2) + Math.sin(y * 0.7 - x * 0.1);
                for (int c = 0; c < 3; c++) {
                    rgb[3 * (y * width + x) + c] = (byte) (128 + 30 * wave + 8 * (c - 1) * Math.cos(x * 0.15));
                }
            }
        }
        return new RgbPicture(width, height, rgb);
    }
}
