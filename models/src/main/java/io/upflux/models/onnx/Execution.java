package io.upflux.models.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.upflux.pipeline.StreamException;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where and how sessions run.
 *
 * @param gpu which of NVIDIA's providers to try
 * @param device its index, counted as CUDA counts
 * @param threads of one inference on the CPU, 0 for as many as there are cores
 */
public record Execution(Gpu gpu, int device, int threads) {
    /** How much the GPU is wanted. */
    public enum Gpu {
        NEVER,
        /** Use CUDA where it works, and the CPU elsewhere. */
        IF_PRESENT,
        /** Somebody asked for CUDA: not getting it is an error. */
        CUDA,
        /** Somebody asked for TensorRT, likewise. It takes minutes to prepare a shape for the first time. */
        TENSORRT
    }

    public Execution {
        if (device < 0 || threads < 0) {
            throw new IllegalArgumentException("device " + device + ", threads " + threads);
        }
    }

    /**
     * Looks whether a GPU that somebody asked for is here, without using it.
     *
     * @throws StreamException in one line, when this build cannot use it, or this machine has none of the index
     */
    public void requirePresent() {
        if (asked()) {
            // Loads the library first, so that its absence has a message of its own.
            Ort.environment();
            requirePresent(OrtEnvironment.getAvailableProviders(), GpuFiles.count());
        }
    }

    /** @param gpus how many there are; empty where nobody knows */
    void requirePresent(Set<OrtProvider> inThisBuild, OptionalInt gpus) {
        String lacking = ProviderChoice.lacking(provider(), inThisBuild);
        if (lacking != null) {
            throw new StreamException("device " + provider() + ": " + lacking);
        }
        if (device >= gpus.orElse(Integer.MAX_VALUE)) {
            throw new StreamException(
                    "device " + provider() + ": there is no such NVIDIA GPU; this machine has " + gpus.getAsInt());
        }
    }

    /** What to try, before the CPU where nobody asked for it. */
    Provider provider() {
        return switch (gpu) {
            case NEVER -> Provider.CPU;
            case IF_PRESENT, CUDA -> Provider.cuda(device);
            case TENSORRT -> Provider.tensorRt(device);
        };
    }

    /** Whether somebody asked for the GPU. */
    boolean asked() {
        return gpu == Gpu.CUDA || gpu == Gpu.TENSORRT;
    }

    int threadsOrCores() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
