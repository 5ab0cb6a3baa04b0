package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import io.upflux.models.onnx.Execution.Cuda;
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
     * What the first provider that works has made. Falls back from CUDA to the CPU, with a warning when CUDA was asked
     * for.
     *
     * @param label whose model it is, for messages
     * @throws StreamException when it does not run on the CPU either
     */
    <T> T choose(String label, Attempt<T> attempt) {
        if (execution.cuda() != Cuda.NEVER) {
            T made = onCuda(label, attempt);
            if (made != null) {
                return made;
            }
        }
        try {
            return attempt.on(Provider.CPU);
        } catch (OrtException e) {
            throw new StreamException(label + ": ONNX Runtime cannot run it: " + Ort.reason(e), e);
        }
    }

    private <T> @Nullable T onCuda(String label, Attempt<T> attempt) {
        boolean asked = execution.cuda() == Cuda.ASKED;
        if (!inThisBuild.contains(OrtProvider.CUDA)) {
            if (asked) {
                notices.warning(
                        label + ": runs on the CPU: this build of ONNX Runtime has no CUDA; build Upflux with -Pcuda");
            }
            return null;
        }
        String reason;
        try {
            return attempt.on(Provider.cuda(execution.cudaDevice()));
        } catch (OrtException e) {
            reason = Ort.reason(e);
        } catch (StreamException e) {
            reason = String.valueOf(e.getMessage());
        } catch (LinkageError e) {
            reason = Ort.reason(e.getMessage());
        }
        String line = label + ": runs on the CPU: cuda:" + execution.cudaDevice() + " failed: " + reason;
        if (asked) {
            notices.warning(line);
        } else {
            notices.info(line);
        }
        return null;
    }
}
