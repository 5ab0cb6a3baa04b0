package io.upflux.models.onnx;

/**
 * What executes a session.
 *
 * @param device its index, counted as CUDA counts; 0 of the CPU
 */
record Provider(Kind kind, int device) {
    static final Provider CPU = new Provider(Kind.CPU, 0);

    /** Whose it is. */
    enum Kind {
        CPU,
        CUDA,
        /** With CUDA for what it does not know. */
        TENSORRT
    }

    static Provider cuda(int device) {
        return new Provider(Kind.CUDA, device);
    }

    static Provider tensorRt(int device) {
        return new Provider(Kind.TENSORRT, device);
    }

    boolean onGpu() {
        return kind != Kind.CPU;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + device;
            case TENSORRT -> "tensorrt:" + device;
        };
    }
}
