package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Picks the provider by trying it. A build may have a provider whose libraries or device this machine lacks, and cuDNN
 * is loaded by the first convolution only, so nothing short of a run tells.
 */
final class ProviderChoice {
    private final Execution execution;
    private final Set<OrtProvider> inThisBuild;
    private final Notices notices;

    ProviderChoice(Execution execution, Set<OrtProvider> inThisBuild, Notices notices) {
        this.execution = execution;
        this.inThisBuild = inThisBuild;
        this.notices = notices;
    }

    /** Makes something that runs on a provider, and runs it. */
    @FunctionalInterface
    interface Attempt<T> {
        T on(Provider provider) throws OrtException;
    }

    /**
     * What the first provider that works has made. Falls back from TensorRT to CUDA and from there to the CPU, with a
     * warning when a GPU was asked for.
     *
     * @param label whose model it is, for messages
     * @throws StreamException when it does not run on the CPU either
     */
    <T> T choose(String label, Attempt<T> attempt) {
        List<String> failed = new ArrayList<>();
        for (Provider gpu : execution.gpus()) {
            T made = onGpu(gpu, attempt, failed);
            if (made != null) {
                say(label, gpu.toString(), failed);
                return made;
            }
        }
        say(label, "the CPU", failed);
        try {
            return attempt.on(Provider.CPU);
        } catch (OrtException e) {
            throw new StreamException(label + ": ONNX Runtime cannot run it: " + Ort.reason(e), e);
        }
    }

    private void say(String label, String where, List<String> failed) {
        if (failed.isEmpty()) {
            return;
        }
        String line = label + ": runs on " + where + ": " + String.join("; ", failed);
        if (execution.asked()) {
            notices.warning(line);
        } else {
            notices.info(line);
        }
    }

    private <T> @Nullable T onGpu(Provider gpu, Attempt<T> attempt, List<String> failed) {
        boolean tensorRt = gpu.kind() == Provider.Kind.TENSORRT;
        if (!inThisBuild.contains(tensorRt ? OrtProvider.TENSOR_RT : OrtProvider.CUDA)) {
            if (execution.asked()) {
                failed.add("this build of ONNX Runtime has no " + (tensorRt ? "TensorRT" : "CUDA")
                        + "; build Upflux with -Pcuda12" + (tensorRt ? "" : " or -Pcuda13"));
            }
            return null;
        }
        String reason;
        try {
            return attempt.on(gpu);
        } catch (OrtException e) {
            reason = Ort.reason(e);
        } catch (StreamException e) {
            reason = String.valueOf(e.getMessage());
        } catch (LinkageError e) {
            reason = Ort.reason(e.getMessage());
        }
        failed.add(gpu + " failed: " + reason);
        return null;
    }
}
