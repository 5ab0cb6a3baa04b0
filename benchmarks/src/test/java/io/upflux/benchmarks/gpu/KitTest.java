package io.upflux.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script of the benchmark kit, with scripts in the place of Java, of Python and of NVIDIA's tool. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KitTest {
    private static final String JAVA = """
            echo "$*" | sed 's/.*Targets /java /' >> "$TOLD"
            case "$*" in
                *--list*) printf 'one\\ntwo-still\\ntwo\\n' ;;
                *'--case one'*) kill -SEGV $$ ;;
                *'--case slow'*) exec sleep 50 ;;
            esac
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void kit() throws IOException {
        Files.copy(Path.of("kit/run.sh"), folder.resolve("run.sh"));
        script("runtime/bin/java", JAVA);
        script("bin/python", "echo \"python $*\" | sed \"s|$HOME/||g\" >> \"$TOLD\"");
        script("bin/nvidia-smi", "exit 9");
    }

    @Test
    void aCrashTakesOneCaseAlong() throws Exception {
        assertThat(run()).isNotZero();
        assertThat(measured()).hasSize(3).allMatch(line -> line.contains(" --add "));
        assertThat(measured().get(2)).endsWith("--case two");
    }

    @Test
    void aCaseEndsInTime() throws Exception {
        assertThat(run("--case", "slow,two", "--limit", "1")).isEqualTo(124);
        assertThat(measured()).hasSize(2);
    }

    @Test
    void aGpuIsMeasuredWhereThereIsOneUnlessADeviceIsNamed() throws Exception {
        assertThat(run("--case", "two")).isZero();
        assertThat(measured()).noneMatch(line -> line.contains("--device"));
        script("bin/nvidia-smi", "echo 'GPU 0: NVIDIA H200 (UUID: GPU-1)'");
        assertThat(run("--case", "two")).isZero();
        assertThat(measured().get(1)).endsWith("--case two --device cuda");
        assertThat(run("--case=two", "--device=cpu")).isZero();
        assertThat(measured().get(2)).endsWith("--case two --device cpu");
    }

    @Test
    void theTwinMeasuresTheNetworksOfTheSameCases() throws Exception {
        assertThat(run("--twin", folder.resolve("bin/python").toString(), "--case", "two-still,two,four-streams"))
                .isZero();
        assertThat(told().get(0)).isEqualTo("python twin/torch_twin.py --help");
        assertThat(told().get(told().size() - 1)).contains(" --case two four --beside ");
    }

    @Test
    void aTwinThatDoesNotStartIsSaidBeforeAnythingIsMeasured() throws Exception {
        script("bin/python", "exit 1");
        assertThat(run("--twin", folder.resolve("bin/python").toString())).isEqualTo(2);
        assertThat(folder.resolve("told")).doesNotExist();
    }

    private void script(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private int run(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", folder.resolve("run.sh").toString()));
        command.addAll(List.of("--output", folder.resolve("results").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        process.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        process.environment().put("HOME", folder.toRealPath().toString());
        process.environment().put("TOLD", folder.resolve("told").toString());
        return process.start().waitFor();
    }

    private List<String> told() throws IOException {
        return Files.readAllLines(folder.resolve("told"));
    }

    private List<String> measured() throws IOException {
        return told().stream()
                .filter(line -> line.startsWith("java ") && line.contains("--case"))
                .toList();
    }
}
