package io.upflux.models.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** NVIDIA's GPUs as its driver for Linux shows them to this process: each as a file, in a container under any number. */
final class GpuFiles {
    private static final Path DEVICES = Path.of("/dev");

    /** Where Linux runs in Windows (WSL), this is all there is of whatever GPUs there are. */
    private static final String IN_WINDOWS = "dxg";

    private GpuFiles() {}

    /** How many there are; empty where no files tell. */
    static OptionalInt count() {
        return count(DEVICES);
    }

    static OptionalInt count(Path devices) {
        if (Files.exists(devices.resolve(IN_WINDOWS))) {
            return OptionalInt.empty();
        }
        try (Stream<Path> files = Files.list(devices)) {
            return OptionalInt.of((int)
                    files.filter(file -> String.valueOf(file.getFileName()).matches("nvidia\\d+"))
                            .count());
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }
}
