package io.upflux.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {
    @TempDir
    private Path root;

    @Test
    void aMachineWithoutOneIsNoProblem() {
        assertThat(new Gpus(root, "").examine())
                .containsExactly(Finding.fine("gpu", "no NVIDIA GPU, or no driver for one"));
    }

    @Test
    void tellsTheGpuAndWhichBuildItsLibrariesAreFor() throws IOException {
        write(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build\n");
        write("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA H200\nIRQ: 1\n");
        write("etc/ld.so.cache", "libcudart.so.13\0libcublas.so.13\0libcublasLt.so.13\0libcufft.so.12\0");
        write("cudnn/libcudnn.so.9", "");

        List<Finding> findings = new Gpus(root, root.resolve("cudnn").toString()).examine();

        assertThat(findings).extracting(Finding::problem).containsOnly(false);
        assertThat(findings)
                .extracting(Finding::text)
                .contains("NVIDIA H200, driver 580.159.04", "CUDA 13 (profile cuda13): all libraries are here");
        assertThat(findings)
                .anySatisfy(finding -> assertThat(finding.text())
                        .startsWith(
                                "CUDA 12 (profile cuda12): the loader does not find libcudart.so.12, libcublas.so.12"));
    }

    @Test
    void inContainersTheDeviceFileIsEnough() throws IOException {
        write("dev/nvidia0", "");
        assertThat(new Gpus(root, "").examine().get(0).text()).isEqualTo("an NVIDIA GPU");
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
