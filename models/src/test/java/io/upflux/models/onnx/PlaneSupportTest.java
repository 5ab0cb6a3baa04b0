package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.SuperResolver.Traits;
import java.util.OptionalDouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaneSupportTest {
    /** Ten bits of code would not survive products whose factors have eleven. */
    @ParameterizedTest
    @CsvSource({"true, 8, 8, true", "true, 10, 8, false", "true, 8, 10, false", "false, 10, 10, true"})
    void deepPlanesStaySamplesWhereProductsAreRounded(boolean rounds, int depth, int largeDepth, boolean taken) {
        ModelFiles files = NamedModels.files("plain-s-x2");
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        FrameFormat from = format(32, depth);
        FrameFormat to = format(64, largeDepth);
        try (ModelSessions sessions = new ModelSessions(
                ModelGraphs.of(files), files.weights(), OptionalDouble.empty(), Provider.CPU, 1, "test")) {
            Traits traits = new Traits("test", 2, 3, contract.align(), contract.halo(), "cpu", "fp32", 0, 0);
            PlaneSupport planes =
                    new PlaneSupport(sessions, contract, traits, new Runs("test"), Notices.none(), true, rounds);
            assertThat(planes.takes(from, to)).isEqualTo(taken);
        }
    }

    private static FrameFormat format(int side, int depth) {
        PixelLayout layout = PixelLayout.yuv(depth, 1, 1);
        Rational one = Rational.ONE;
        return new FrameFormat(side, side, layout, ColourSpec.UNKNOWN_LIMITED, one, new Rational(1, 25), one);
    }
}
