package io.upflux.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.HaltingShares;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.reuse.InferenceCost;
import io.upflux.reuse.WindowShares;
import io.upflux.server.cli.UpscaleReport.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpscaleReportTest {
    private final Streams streams = new Streams();

    private static Outcome outcome(byte... depths) {
        HaltingShares halting = new HaltingShares();
        if (depths.length > 0) {
            halting.add(new HaltingMap(0, depths.length, 1, 8, 3, depths));
        }
        return new Outcome(
                1,
                0,
                1,
                new Traits("halting-x2", 2, 3, 8, 8, "cpu", "fp32", 8, 3),
                halting,
                WindowShares.NONE,
                new InferenceCost(1, 2, 3, 4),
                List.of());
    }

    @Test
    void programsReadTheShareThatEachBlockSkipped() {
        Outcome total = Outcome.total(List.of(outcome((byte) 1, (byte) 2), outcome((byte) 3)), List.of());
        new JsonReport(
                        streams.console(false),
                        new JsonLines(streams.console(false).out()),
                        1,
                        false)
                .end(total, 0);
        JsonNode result = streams.json().get(0);
        assertThat(result.get("halted")).hasToString("[0.0,0.3333,0.6667]");
        assertThat(result.get("batchFill").asDouble()).isEqualTo(0.75);
        assertThat(result.get("inferenceSeconds").asDouble()).isEqualTo(4);
        assertThat(result.get("predictedSeconds").asDouble()).isEqualTo(2);
    }

    @Test
    void withoutHaltingThereAreNoShares() {
        new JsonReport(
                        streams.console(false),
                        new JsonLines(streams.console(false).out()),
                        1,
                        false)
                .end(outcome(), 0);
        assertThat(streams.json().get(0).get("halted")).hasToString("[]");
    }

    @Test
    void peopleReadThemInPercent() {
        UpscaleTask task = new UpscaleTask("in.mp4", "out.mp4");
        UpscaleReport report = new TextReport(streams.console(false), 1, false);
        report.done(task, outcome((byte) 1, (byte) 1, (byte) 1, (byte) 2));
        assertThat(streams.err()).contains("windows halted before block 2, 3, ...: 75 100 %");
        report.done(task, outcome());
        assertThat(streams.err().lines().toList().get(1)).doesNotContain("halted");
    }
}
