package io.upflux.server.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * NVIDIA's driver, GPUs and libraries, as far as files tell without any being loaded: which build profile this machine has
 * the libraries for.
 */
final class Gpus {
    private static final Pattern VERSION = Pattern.compile("Kernel Module.*? ([0-9]+\\.[0-9.]+)");
    private static final Pattern MODEL = Pattern.compile("Model:\\s*(.+)");

    /** What each provider of each build is linked to, beside the driver. */
    private static final Map<String, List<String>> NEEDED = needed();

    private final Path root;
    private final List<Path> folders;

    /**
     * @param root of the file system
     * @param libraryPath what {@code LD_LIBRARY_PATH} says
     */
    Gpus(Path root, String libraryPath) {
        this.root = root;
        this.folders = Stream.of(libraryPath.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .toList();
    }

    static Gpus ofThisMachine() {
        return new Gpus(Path.of("/"), System.getenv().getOrDefault("LD_LIBRARY_PATH", ""));
    }

    private static Map<String, List<String>> needed() {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put(
                "CUDA 12 (profile cuda12)",
                List.of("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10", "libcudnn.so.9"));
        needed.put(
                "CUDA 13 (profile cuda13)",
                List.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcufft.so.12", "libcudnn.so.9"));
        needed.put(
                "TensorRT 10 (profile cuda12, --device tensorrt)",
                List.of(
                        "libnvinfer.so.10",
                        "libnvonnxparser.so.10",
                        "libcudart.so.12",
                        "libcublas.so.12",
                        "libcudnn.so.9"));
        return needed;
    }

    /** One line on the GPUs, and where there are any one on each build. */
    List<Finding> examine() {
        List<String> models = models();
        String driver = found(VERSION, root.resolve("proc/driver/nvidia/version"));
        if (models.isEmpty() && driver.isEmpty() && !Files.exists(root.resolve("dev/nvidia0"))) {
            return List.of(Finding.fine("gpu", "no NVIDIA GPU, or no driver for one"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.fine(
                "gpu",
                (models.isEmpty() ? "an NVIDIA GPU" : String.join(", ", models))
                        + (driver.isEmpty() ? "" : ", driver " + driver)));
        String known = loaderCache();
        NEEDED.forEach((build, libraries) -> {
            List<String> lacking = libraries.stream()
                    .filter(library -> !known.contains(library) && !inFolders(library))
                    .toList();
            findings.add(Finding.fine(
                    "gpu",
                    build + ": "
                            + (lacking.isEmpty()
                                    ? "all libraries are here"
                                    : "the loader does not find " + String.join(", ", lacking)
                                            + "; install them or name their folder in LD_LIBRARY_PATH")));
        });
        return findings;
    }

    private List<String> models() {
        Path gpus = root.resolve("proc/driver/nvidia/gpus");
        if (!Files.isDirectory(gpus)) {
            return List.of();
        }
        try (Stream<Path> each = Files.list(gpus)) {
            return each.sorted()
                    .map(gpu -> found(MODEL, gpu.resolve("information")))
                    .filter(model -> !model.isEmpty())
                    .collect(Collectors.toList());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Names of all libraries that the loader has seen when it was last configured. */
    private String loaderCache() {
        try {
            return Files.readString(root.resolve("etc/ld.so.cache"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private boolean inFolders(String library) {
        return folders.stream().anyMatch(folder -> Files.exists(folder.resolve(library)));
    }

    private static String found(Pattern pattern, Path file) {
        try {
            Matcher matcher = pattern.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            return matcher.find() ? matcher.group(1).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
