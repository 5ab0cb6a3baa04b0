package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.live.Arrivals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GlassClockTest {
    private static final Rational MILLIS = new Rational(1, 1000);
    private static final FrameFormat FORMAT = new FrameFormat(
            16, 16, PixelLayout.YUV420P, ColourSpec.UNKNOWN_LIMITED, Rational.ONE, MILLIS, new Rational(10, 1));

    private final NativeScope scope = new NativeScope();
    private final List<Long> latencies = new ArrayList<>();
    private long now;
    private final GlassClock clock = new GlassClock(
            Arrivals.UNHEARD,
            MILLIS,
            () -> TimeUnit.MILLISECONDS.toNanos(now),
            nanos -> latencies.add(nanos / 1_000_000));

    @AfterEach
    void free() {
        scope.reclaim();
        assertThat(scope.outstanding()).isZero();
    }

    /** Frames of 100 ms, fragments of 200. */
    @Test
    void framesCountFromTheirArrivalToTheirFragment() {
        for (int i = 0; i < 5; i++) {
            now = 100 * i;
            arrive(7000 + 100 * i);
            now += 30;
            clock.written(7000 + 100 * i);
            if (i == 2 || i == 4) {
                clock.shown(Fragments.of(Fragments.header(), 50 + i / 2, 10));
            }
        }
        assertThat(latencies).containsExactly(230L, 130L, 230L, 130L);
    }

    @Test
    void framesThatWereGivenUpDoNotCount() {
        arrive(0);
        arrive(100);
        now = 50;
        clock.written(100);
        clock.shown(Fragments.of(Fragments.header(), 0, 10));
        assertThat(latencies).containsExactly(50L);
    }

    @Test
    void stepsOfTheSourcesClockAreNoDelay() {
        arrive(0);
        clock.written(0);
        now = 100;
        arrive(1_000_000);
        clock.written(1_000_000);
        now = 200;
        clock.shown(Fragments.of(Fragments.header(), 0, 10));
        assertThat(latencies).containsExactly(200L, 100L);
    }

    private void arrive(long pts) {
        try (VideoFrame frame = scope.frame(FORMAT, pts, 100)) {
            clock.arrived(frame, 0);
        }
    }
}
