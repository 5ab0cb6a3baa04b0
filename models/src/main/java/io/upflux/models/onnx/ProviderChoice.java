package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Picks the provider by trying it. A build may have a provider whose libraries or device this machine lacks, and cuDNN
 * is loaded by the first convolution only, so nothing short of a run tells.
 */
final class ProviderChoice {
    private final Execution execution;
    private final Set<OrtProvider> inThisBuild;
    private final boolean gpuPresent;
    private final Notices notices;

    ProviderChoice(Execution execution, Set<OrtProvider> inThisBuild, Notices notices) {
        this(execution, inThisBuild, GpuFiles.count().orElse(0) > 0, notices);
    }

    /** @param gpuPresent whether this machine has a GPU, so that it is worth a word when the CPU is taken */
    ProviderChoice(Execution execution, Set<OrtProvider> inThisBuild, boolean gpuPresent, Notices notices) {
        this.execution = execution;
        this.inThisBuild = inThisBuild;
        this.gpuPresent = gpuPresent;
        this.notices = notices;
    }

    /** Makes something that runs on a provider, and runs it. */
    @FunctionalInterface
    interface Attempt<T> {
        T on(Provider provider) throws OrtException;
    }

    /**
     * What a provider that works has made: the GPU that somebody asked for and no other; else one if there is, or the CPU.
     *
     * @param label whose model it is, for messages
     * @throws StreamException when it does not run on what was asked for, or not on the CPU either
     */
    <T> T choose(String label, Attempt<T> attempt) {
        Provider gpu = execution.provider();
        if (gpu.onGpu()) {
            try {
                return onGpu(gpu, attempt);
            } catch (StreamException e) {
                if (execution.asked()) {
                    throw new StreamException(
                            label + ": does not run on " + gpu + ": " + e.getMessage()
                                    + "; device auto takes the CPU where no GPU works",
                            e);
                }
                if (gpuPresent) {
                    notices.info(label + ": runs on the CPU: " + e.getMessage());
                }
            }
        }
        try {
            return attempt.on(Provider.CPU);
        } catch (OrtException e) {
            throw new StreamException(label + ": ONNX Runtime cannot run it: " + Ort.reason(e), e);
        }
    }

    /** What a build lacks to run on a GPU, and which has it; null for nothing. */
    static @Nullable String lacking(Provider gpu, Set<OrtProvider> inThisBuild) {
        boolean tensorRt = gpu.kind() == Provider.Kind.TENSORRT;
        if (inThisBuild.contains(tensorRt ? OrtProvider.TENSOR_RT : OrtProvider.CUDA)) {
            return null;
        }
        return "this build of ONNX Runtime has no " + (tensorRt ? "TensorRT" : "CUDA") + ", the profile cuda12 "
                + (tensorRt ? "has" : "or cuda13 has") + " (UPFLUX_PROFILES=cuda12 ./upflux, or mvn -Pcuda12)";
    }

    /** @throws StreamException that says why it does not run there */
    private <T> T onGpu(Provider gpu, Attempt<T> attempt) {
        String lacking = lacking(gpu, inThisBuild);
        if (lacking != null) {
            throw new StreamException(lacking);
        }
        try {
            return attempt.on(gpu);
        } catch (OrtException e) {
            throw new StreamException(Ort.reason(e), e);
        } catch (LinkageError e) {
            throw new StreamException(Ort.reason(e.getMessage()), e);
        }
    }
}
