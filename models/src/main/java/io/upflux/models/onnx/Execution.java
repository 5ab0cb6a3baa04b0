package io.upflux.models.onnx;

/**
 * Where and how sessions run.
 *
 * @param cuda whether to try NVIDIA's provider
 * @param cudaDevice its index, counted as CUDA counts
 * @param threads of one inference on the CPU, 0 for as many as there are cores
 */
public record Execution(Cuda cuda, int cudaDevice, int threads) {
    /** How much the GPU is wanted. */
    public enum Cuda {
        NEVER,
        /** Use it where it works, otherwise say nothing but an info line. */
        IF_PRESENT,
        /** Somebody asked for it: not getting it is worth a warning. */
        ASKED
    }

    public Execution {
        if (cudaDevice < 0 || threads < 0) {
            throw new IllegalArgumentException("device " + cudaDevice + ", threads " + threads);
        }
    }

    int threadsOrCores() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }
}
