package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaneGraphTest {
    @ParameterizedTest
    @CsvSource({"11, false", "12, false", "13, true", "17, true", "21, true"})
    void suitsGraphsOfNewOperators(int opset, boolean suits) {
        OnnxFile file =
                OnnxFile.of("model.onnx", TestModels.nearest(2).opset("", opset).build());
        assertThat(PlaneGraph.suits(file)).isEqualTo(suits);
    }

    @Test
    void operatorsOfOthersDoNotCount() {
        OnnxBuilder model = TestModels.nearest(2).opset("com.microsoft", 1);
        assertThat(PlaneGraph.suits(OnnxFile.of("model.onnx", model.build()))).isTrue();
    }
}
