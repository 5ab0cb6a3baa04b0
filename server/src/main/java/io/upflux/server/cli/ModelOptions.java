package io.upflux.server.cli;

import io.upflux.models.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network runs, and where. */
final class ModelOptions {
    @Option(
            names = {"-n", "--model"},
            paramLabel = "MODEL",
            description = "Model name as 'upflux models' lists it, or an .onnx file (default: the best for the scale).")
    private @Nullable String model;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:INDEX (default: auto).")
    private String device = "auto";

    @Nullable
    String model() {
        return model;
    }

    /** @throws io.upflux.pipeline.StreamException when there is no such device */
    Device device() {
        return Device.parse(device);
    }
}
