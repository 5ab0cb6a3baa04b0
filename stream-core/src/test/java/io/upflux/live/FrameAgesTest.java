package io.upflux.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameAgesTest {
    private final List<String> told = new ArrayList<>();
    private long now;

    private final FrameAges ages = new FrameAges(
            new Arrivals() {
                @Override
                public void arrived(VideoFrame frame, long due) {
                    told.add(frame.pts() + " due " + due);
                }

                @Override
                public void lost(VideoFrame frame) {
                    told.add(frame.pts() + " lost");
                }
            },
            () -> now);

    @Test
    void aFrameAgesFromWhenItIsDue() {
        arrive(40, 10);
        arrive(80, 300);
        now = 1000;
        assertThat(ages.age(40)).isEqualTo(990);
        assertThat(ages.age(80)).isEqualTo(700);
    }

    @Test
    void theLastOfATimeStampCounts() {
        arrive(40, 10);
        arrive(40, 900);
        now = 1000;
        assertThat(ages.age(40)).isEqualTo(100);
    }

    @Test
    void whatIsLongGoneOrNotDueHasNoAge() {
        for (int i = 0; i < 100; i++) {
            arrive(i, 0);
        }
        now = 5;
        assertThat(ages.age(35)).isZero();
        assertThat(ages.age(36)).isEqualTo(5);
        assertThat(ages.age(100)).isZero();
        arrive(100, 8);
        assertThat(ages.age(100)).isZero();
    }

    @Test
    void whoeverElseListensIsTold() {
        arrive(40, 10);
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = TestFrames.random(scope, TestFrames.yuv420(8, 8), 40, 1)) {
            ages.lost(frame);
        }
        assertThat(told).containsExactly("40 due 10", "40 lost");
        now = 50;
        assertThat(ages.age(40)).isZero();
    }

    private void arrive(long pts, long due) {
        try (NativeScope scope = new NativeScope();
                VideoFrame frame = TestFrames.random(scope, TestFrames.yuv420(8, 8), pts, 1)) {
            ages.arrived(frame, due);
        }
    }
}
