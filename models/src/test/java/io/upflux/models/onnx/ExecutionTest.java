package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtProvider;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a GPU is here; whether it works is {@link ProviderChoiceTest}'s. */
class ExecutionTest {
    private static final Set<OrtProvider> CUDA = Set.of(OrtProvider.CPU, OrtProvider.CUDA);

    @TempDir
    private Path devices;

    @Test
    void whatNobodyAskedForNeedNotBeHere() {
        assertThatCode(() -> new Execution(Gpu.NEVER, 0, 0).requirePresent()).doesNotThrowAnyException();
        assertThatCode(() -> new Execution(Gpu.IF_PRESENT, 0, 0).requirePresent())
                .doesNotThrowAnyException();
    }

    @Test
    void aGpuThatThisBuildOrThisMachineLacksIsNotHere() {
        Execution second = new Execution(Gpu.CUDA, 1, 0);
        assertThatThrownBy(() -> second.requirePresent(Set.of(OrtProvider.CPU), OptionalInt.of(2)))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("device cuda:1: this build of ONNX Runtime has no CUDA, the profile cuda12");
        assertThatThrownBy(() -> second.requirePresent(CUDA, OptionalInt.of(1)))
                .isInstanceOf(StreamException.class)
                .hasMessage("device cuda:1: there is no such NVIDIA GPU; this machine has 1");
        assertThatThrownBy(() -> new Execution(Gpu.TENSORRT, 0, 0).requirePresent(CUDA, OptionalInt.of(1)))
                .hasMessageStartingWith("device tensorrt:0: this build of ONNX Runtime has no TensorRT");
        assertThatCode(() -> second.requirePresent(CUDA, OptionalInt.of(2))).doesNotThrowAnyException();
        assertThatCode(() -> second.requirePresent(CUDA, OptionalInt.empty()))
                .as("only trying it would tell")
                .doesNotThrowAnyException();
    }

    @Test
    void gpusAreCountedAsFarAsTheyAreShown() throws IOException {
        assertThat(GpuFiles.count(devices)).hasValue(0);
        for (String name : new String[] {"nvidia0", "nvidia3", "nvidiactl", "nvidia-uvm", "null"}) {
            Files.createFile(devices.resolve(name));
        }
        assertThat(GpuFiles.count(devices)).hasValue(2);
        assertThat(GpuFiles.count(devices.resolve("none"))).as("not Linux").isEmpty();
        Files.createFile(devices.resolve("dxg"));
        assertThat(GpuFiles.count(devices)).as("WSL").isEmpty();
    }
}
