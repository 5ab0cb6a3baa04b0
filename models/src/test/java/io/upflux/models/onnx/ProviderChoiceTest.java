package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import io.upflux.models.onnx.Execution.Gpu;
import io.upflux.models.onnx.ProviderChoice.Attempt;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderChoiceTest {
    private static final Set<OrtProvider> CPU_BUILD = Set.of(OrtProvider.CPU);
    private static final Set<OrtProvider> CUDA_BUILD = Set.of(OrtProvider.CPU, OrtProvider.CUDA);
    private static final Set<OrtProvider> TENSORRT_BUILD =
            Set.of(OrtProvider.CPU, OrtProvider.CUDA, OrtProvider.TENSOR_RT);

    private final Said said = new Said();
    private final List<String> tried = new ArrayList<>();

    @Test
    void autoIsSilentWhereThereIsNoGpu() {
        assertThat(choose(Gpu.IF_PRESENT, CPU_BUILD, works())).isEqualTo("cpu");
        assertThat(choose(Gpu.IF_PRESENT, CUDA_BUILD, failsOnGpu("no driver"))).isEqualTo("cpu");
        assertThat(said.infos).isEmpty();
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void autoSaysWhyAGpuThatThereIsIsNotUsed() {
        assertThat(auto(CPU_BUILD, works())).isEqualTo("cpu");
        assertThat(said.infos)
                .singleElement()
                .asString()
                .startsWith("model: runs on the CPU: this build of ONNX Runtime has no CUDA");
        said.infos.clear();
        assertThat(auto(CUDA_BUILD, failsOnGpu("no driver"))).isEqualTo("cpu");
        assertThat(said.infos).containsExactly("model: runs on the CPU: no driver");
        assertThat(said.warnings).isEmpty();
        said.infos.clear();
        assertThat(auto(CUDA_BUILD, works())).isEqualTo("cuda:1");
        assertThat(said.infos).isEmpty();
    }

    @Test
    void whatThisBuildLacksIsAnErrorThatSaysWhatToDo() {
        assertThatThrownBy(() -> choose(Gpu.CUDA, CPU_BUILD, works()))
                .isInstanceOf(StreamException.class)
                .hasMessage(
                        "model: does not run on cuda:1: this build of ONNX Runtime has no CUDA, the profile cuda12 or"
                                + " cuda13 has (UPFLUX_PROFILES=cuda12 ./upflux, or mvn -Pcuda12);"
                                + " device auto takes the CPU where no GPU works");
        assertThatThrownBy(() -> choose(Gpu.TENSORRT, CUDA_BUILD, works()))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith(
                        "model: does not run on tensorrt:1: this build of ONNX Runtime has no TensorRT");
        assertThat(tried).isEmpty();
    }

    @Test
    void takesWhatWasAskedForWhereItWorks() {
        assertThat(choose(Gpu.IF_PRESENT, CUDA_BUILD, works())).isEqualTo("cuda:1");
        assertThat(choose(Gpu.CUDA, CUDA_BUILD, works())).isEqualTo("cuda:1");
        assertThat(choose(Gpu.TENSORRT, TENSORRT_BUILD, works())).isEqualTo("tensorrt:1");
        assertThat(said.infos).isEmpty();
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void neverTriesCudaForTheCpu() {
        assertThat(choose(Gpu.NEVER, CUDA_BUILD, works())).isEqualTo("cpu");
        assertThat(tried).containsExactly("cpu");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error code - ORT_FAIL - message: Failed to load library libcublasLt.so.12: cannot open shared object file",
                "Error code - ORT_EP_FAIL - message: CUDA failure 100: no CUDA-capable device is detected"
            })
    void whatDoesNotOpenIsAnErrorThatSaysWhy(String failure) {
        String reason = failure.substring(failure.indexOf("message: ") + 9);
        for (Gpu asked : List.of(Gpu.CUDA, Gpu.TENSORRT)) {
            assertThatThrownBy(() -> choose(asked, TENSORRT_BUILD, failsOnGpu(failure)))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("model: does not run on " + (asked == Gpu.CUDA ? "cuda" : "tensorrt") + ":1: " + reason
                            + "; device auto takes the CPU where no GPU works");
        }
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void autoNeverTakesTensorRtWhichPreparesForMinutes() {
        assertThat(choose(Gpu.IF_PRESENT, TENSORRT_BUILD, works())).isEqualTo("cuda:1");
        assertThat(tried).containsExactly("cuda:1");
    }

    @Test
    void aLongPreambleDoesNotHideTheReason() {
        String failure = "Error code - ORT_FAIL - message: /build/" + "onnxruntime/".repeat(20)
                + "core/session/provider_bridge_ort.cc:1989 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get()"
                + " [ONNXRuntimeError] : 1 : FAIL : Failed to load library /tmp/libonnxruntime_providers_cuda.so with"
                + " error: libcublasLt.so.13: cannot open shared object file";
        assertThatThrownBy(() -> choose(Gpu.CUDA, CUDA_BUILD, failsOnGpu(failure)))
                .hasMessageStartingWith("model: does not run on cuda:1: Failed to load library"
                        + " /tmp/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared"
                        + " object file;");
    }

    @Test
    void whereInItsSourceCudaFailedIsLeftOut() {
        String failure = "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ;"
                + " hostname=here ; file=/build/cuda_execution_provider_info.cc ; line=67";
        assertThatThrownBy(() -> choose(Gpu.CUDA, CUDA_BUILD, failsOnGpu(failure)))
                .hasMessageStartingWith("model: does not run on cuda:1: CUDA failure 35: CUDA driver version is"
                        + " insufficient for CUDA runtime version;");
    }

    @Test
    void failsInOneLineWhenNothingWorks() {
        Attempt<String> broken = provider -> {
            throw new OrtException("Error code - ORT_FAIL - message: Load model from x.onnx failed:bad\nnode");
        };
        assertThatThrownBy(() -> choose(Gpu.IF_PRESENT, CPU_BUILD, broken))
                .isInstanceOf(StreamException.class)
                .hasMessage("model: ONNX Runtime cannot run it: bad node");
    }

    @Test
    void aRealBuildRefusesAGpuThatThereIsNot() {
        ModelFiles files = ModelFiles.alone(OnnxFile.of(
                "model", TestModels.declare(TestModels.nearest(2), 2, 0).build()));
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        // No machine has a hundredth GPU, so this holds for either build of the runtime.
        Execution asked = new Execution(Gpu.CUDA, 99, 1);
        assertThatThrownBy(() -> OnnxResolver.open(files, "model", contract, asked, OptionalDouble.empty(), said))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("model: does not run on cuda:99: ");
    }

    private String choose(Gpu gpu, Set<OrtProvider> build, Attempt<String> attempt) {
        return new ProviderChoice(new Execution(gpu, 1, 1), build, false, said).choose("model", attempt);
    }

    /** On a machine that has a GPU. */
    private String auto(Set<OrtProvider> build, Attempt<String> attempt) {
        return new ProviderChoice(new Execution(Gpu.IF_PRESENT, 1, 1), build, true, said).choose("model", attempt);
    }

    private Attempt<String> works() {
        return provider -> {
            tried.add(provider.toString());
            return provider.toString();
        };
    }

    private static Attempt<String> failsOnGpu(String failure) {
        return provider -> {
            if (provider.onGpu()) {
                throw new OrtException(failure);
            }
            return provider.toString();
        };
    }
}
