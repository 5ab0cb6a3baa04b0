package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.pipeline.StageTimes.Moment;
import org.junit.jupiter.api.Test;

class BusyTimeTest {
    @Test
    void everyBusyMomentCountsOnceWhateverEndsFirst() {
        BusyTime busy = new BusyTime();
        busy.begin(100);
        busy.begin(110);
        assertThat(busy.end(120)).isEqualTo(20);
        busy.begin(130);
        assertThat(busy.end(150)).isEqualTo(30);
        assertThat(busy.end(150)).isZero();

        busy.begin(1000);
        assertThat(busy.end(1001)).as("what was idle is not busy").isEqualTo(1);
    }

    @Test
    void stagesThatAreNeverIdleCountAlready() {
        StageTimes times = new StageTimes();
        times.enter(Stage.INFER);
        Moment second = times.enter(Stage.INFER);
        times.leave(Stage.INFER, second);

        assertThat(times.nanos(Stage.INFER)).isPositive();
    }
}
