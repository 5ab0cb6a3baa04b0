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
    void autoIsSilentOnACpuBuild() {
        assertThat(choose(Gpu.IF_PRESENT, CPU_BUILD, works())).isEqualTo("cpu");
        assertThat(said.infos).isEmpty();
        assertThat(said.warnings).isEmpty();
    }

    @Test
    void cudaOnACpuBuildWarnsAndSaysWhatToDo() {
        assertThat(choose(Gpu.CUDA, CPU_BUILD, works())).isEqualTo("cpu");
        assertThat(tried).containsExactly("cpu");
        assertThat(said.warnings).singleElement().asString().contains("model", "no CUDA", "-Pcuda12 or -Pcuda13");
    }

    @Test
    void takesCudaWhereItWorks() {
        assertThat(choose(Gpu.IF_PRESENT, CUDA_BUILD, works())).isEqualTo("cuda:1");
        assertThat(choose(Gpu.CUDA, CUDA_BUILD, works())).isEqualTo("cuda:1");
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
    void fallsBackAndSaysWhy(String failure) {
        String reason = failure.substring(failure.indexOf("message: ") + 9);
        assertThat(choose(Gpu.CUDA, CUDA_BUILD, failsOnCuda(new OrtException(failure))))
                .isEqualTo("cpu");
        assertThat(said.warnings).containsExactly("model: runs on the CPU: cuda:1 failed: " + reason);
        assertThat(choose(Gpu.IF_PRESENT, CUDA_BUILD, failsOnCuda(new OrtException(failure))))
                .isEqualTo("cpu");
        assertThat(said.infos).containsExactly("model: runs on the CPU: cuda:1 failed: " + reason);
        assertThat(said.warnings).hasSize(1);
    }

    @Test
    void takesTensorRtWhenAskedAndElseCuda() {
        assertThat(choose(Gpu.TENSORRT, TENSORRT_BUILD, works())).isEqualTo("tensorrt:1");
        assertThat(said.warnings).isEmpty();
        assertThat(choose(Gpu.TENSORRT, CUDA_BUILD, works())).isEqualTo("cuda:1");
        assertThat(said.warnings)
                .containsExactly("model: runs on cuda:1: this build of ONNX Runtime has no TensorRT; build Upflux with"
                        + " -Pcuda12");
    }

    @Test
    void fallsBackFromTensorRtToCudaAndSaysWhy() {
        Attempt<String> withoutTensorRt = provider -> {
            if (provider.kind() == Provider.Kind.TENSORRT) {
                throw new OrtException("libnvinfer.so.10: cannot open shared object file");
            }
            return provider.toString();
        };
        assertThat(choose(Gpu.TENSORRT, TENSORRT_BUILD, withoutTensorRt)).isEqualTo("cuda:1");
        assertThat(said.warnings)
                .containsExactly("model: runs on cuda:1: tensorrt:1 failed: libnvinfer.so.10: cannot open shared object"
                        + " file");
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
        choose(Gpu.CUDA, CUDA_BUILD, failsOnCuda(new OrtException(failure)));
        assertThat(said.warnings)
                .containsExactly("model: runs on the CPU: cuda:1 failed: Failed to load library"
                        + " /tmp/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared"
                        + " object file");
    }

    @Test
    void whereInItsSourceCudaFailedIsLeftOut() {
        String failure = "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ;"
                + " hostname=here ; file=/build/cuda_execution_provider_info.cc ; line=67";
        choose(Gpu.CUDA, CUDA_BUILD, failsOnCuda(new OrtException(failure)));
        assertThat(said.warnings)
                .containsExactly("model: runs on the CPU: cuda:1 failed: CUDA failure 35: CUDA driver version is"
                        + " insufficient for CUDA runtime version");
    }

    @Test
    void failsInOneLineWhenNothingWorks() {
        Attempt<String> broken = provider -> {
            throw new OrtException("Error code - ORT_FAIL - message: Load model from x.onnx failed:bad\nnode");
        };
        assertThatThrownBy(() -> choose(Gpu.CUDA, CPU_BUILD, broken))
                .isInstanceOf(StreamException.class)
                .hasMessage("model: ONNX Runtime cannot run it: bad node");
    }

    @Test
    void aRealCpuBuildRefusesTheCudaProviderAndRunsAllTheSame() {
        ModelFiles files = ModelFiles.alone(OnnxFile.of(
                "model", TestModels.declare(TestModels.nearest(2), 2, 0).build()));
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        Execution asked = new Execution(Gpu.CUDA, 99, 1);
        try (var resolver = OnnxResolver.open(files, "model", contract, asked, OptionalDouble.empty(), said)) {
            // No machine has a hundredth GPU, so this holds for either build of the runtime.
            assertThat(resolver.traits().provider()).isEqualTo("cpu");
        }
        assertThat(said.warnings).singleElement().asString().startsWith("model: runs on the CPU: ");
    }

    private String choose(Gpu gpu, Set<OrtProvider> build, Attempt<String> attempt) {
        return new ProviderChoice(new Execution(gpu, 1, 1), build, said).choose("model", attempt);
    }

    private Attempt<String> works() {
        return provider -> {
            tried.add(provider.toString());
            return provider.toString();
        };
    }

    private static Attempt<String> failsOnCuda(OrtException failure) {
        return provider -> {
            if (provider.onGpu()) {
                throw failure;
            }
            return provider.toString();
        };
    }
}
