package io.upflux.benchmarks.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CancelTest {
    @Test
    void jobsCancelledAtAnyMomentLeaveNothingBehind() {
        int code = new CommandLine(new Cancel())
                .execute("--jobs", "20", "--warm", "5", "--growth", "1", "-n", "bicubic-x2");
        assertThat(code).as("what it has printed").isZero();
    }

    @Test
    void jobsCancelledOverHttpLeaveNothingBehind() {
        int code = new CommandLine(new CancelServed()).execute("--jobs", "4", "--warm", "2", "--growth", "1");
        assertThat(code).as("what it has printed").isZero();
    }
}
