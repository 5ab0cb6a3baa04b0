package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.upflux.pipeline.StreamException;

class ModelFuzzTest {
    /** Up to the runtime, which reads the graph again. */
    @FuzzTest
    void anyBytesAreAModelOrRefusedInALine(byte[] bytes) {
        try {
            Inspection.declared(ModelFiles.alone(OnnxFile.of("model", bytes)));
        } catch (StreamException refused) {
            assertThat(refused).hasMessageStartingWith("model: ");
            assertThat(refused.getMessage()).doesNotContainPattern("\\p{Cc}");
        }
    }
}
