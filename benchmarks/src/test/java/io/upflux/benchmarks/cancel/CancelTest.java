package io.upflux.benchmarks.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.upflux.server.process.Malloc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import picocli.CommandLine;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CancelTest {
    @Test
    void jobsCancelledAtAnyMomentLeaveNothingBehind() {
        int code = new CommandLine(new Cancel())
                .execute("--jobs", "20", "--warm", "5", "--growth", "1", "--keeping", "1048576", "-n", "bicubic-x2");
        assertThat(code).as("what it has printed").isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatMallocHoldsDoesNotGrow() throws Exception {
        // So many that what is filled once, 2 MiB where the machine is busy, is not taken for growth.
        Ended ended = inItsOwnProcess("--jobs=160", "--warm=20");
        assertThat(ended.code()).as(ended.said()).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLeakOf64KibibytesAJobIsSeen() throws Exception {
        assumeThat(Malloc.inUse()).as("where the C library tells").isPositive();
        Ended ended = inItsOwnProcess("--jobs=40", "--warm=20", "--plant=65536");
        assertThat(ended.code()).as(ended.said()).isOne();
        assertThat(ended.said()).doesNotContain("(grown)");
    }

    private record Ended(int code, String said) {}

    /** One whose heap and code stay as they are, so that what grows is what native libraries allocate. */
    private static Ended inItsOwnProcess(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.noPointerGC=true",
                Cancel.class.getName(),
                "--growth=0.2"));
        command.addAll(List.of(arguments));
        ProcessBuilder child = new ProcessBuilder(command).redirectErrorStream(true);
        child.environment().put("MALLOC_ARENA_MAX", "2");
        // Not among the arguments: ONNX Runtime crashes where these are longer than 4096 bytes.
        child.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = child.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }

    @Test
    void jobsCancelledOverHttpLeaveNothingBehind() {
        int code = new CommandLine(new CancelServed()).execute("--jobs", "4", "--warm", "2", "--growth", "1");
        assertThat(code).as("what it has printed").isZero();
    }
}
