package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.server.Main;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command says it holds beside Java objects, at its end, when it is told to. */
class MemoryLineTest {
    @TempDir
    private Path folder;

    @Test
    void noPictureIsLeftWhenACommandEnds() throws Exception {
        Path clip = TestMedia.write(folder.resolve("clip.mkv"), 64, 48, 5);
        Path said = folder.resolve("said");
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dupflux.memory=true",
                "-Dorg.bytedeco.javacpp.noPointerGC=true",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                Main.class.getName(),
                "upscale",
                clip.toString(),
                "-o",
                folder.resolve("out.mkv").toString(),
                "-n",
                "plain-s-x2",
                "--no-progress");
        command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process =
                command.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .content()
                .containsPattern(
                        "(?m)^(upflux: )?memory: 0 bytes of pictures, [1-9]\\d* threads, [1-9]\\d* descriptors, "
                                + "([1-9]\\d*\\.\\d+ MiB of malloc, )?[1-9]\\d*\\.\\d MiB resident");
    }
}
