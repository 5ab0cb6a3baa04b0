package io.upflux.models.onnx;

/**
 * What executes a session.
 *
 * @param cudaDevice -1 for the CPU
 */
record Provider(int cudaDevice) {
    static final Provider CPU = new Provider(-1);

    static Provider cuda(int device) {
        return new Provider(device);
    }

    boolean isCuda() {
        return cudaDevice >= 0;
    }

    @Override
    public String toString() {
        return isCuda() ? "cuda:" + cudaDevice : "cpu";
    }
}
