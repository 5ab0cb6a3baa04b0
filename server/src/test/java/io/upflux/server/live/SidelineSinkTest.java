package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SidelineSinkTest {
    private static final FrameFormat FORMAT = new FrameFormat(
            16,
            16,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    private final NativeScope scope = new NativeScope();
    private final Played played = new Played();
    private final Played next = new Played();
    private final List<String> warnings = new ArrayList<>();
    private final AtomicInteger leftOut = new AtomicInteger();
    private final Notices notices = new Notices() {
        @Override
        public void warning(String line) {
            warnings.add(line);
        }

        @Override
        public void info(String line) {
            warnings.add(line);
        }
    };
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Iterator<Played> sinks = List.of(played, next).iterator();
    private final SidelineSink sink =
            new SidelineSink("cam/small", sinks::next, notices, leftOut::incrementAndGet, failures::add);

    @BeforeEach
    void open() {
        assertThat(sink.open(FORMAT)).isEqualTo(FORMAT);
    }

    @AfterEach
    void nothingIsLost() {
        sink.close();
        assertThat(scope.reclaim()).isZero();
        assertThat(played.closed).isTrue();
    }

    @Test
    void whatItTakesInTimeItGetsInOrder() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            sink.write(frame(i));
            while (played.written.size() <= i) {
                Thread.sleep(1);
            }
        }
        sink.finish();
        assertThat(played.written).hasSize(20).isSorted();
        assertThat(played.finished).isTrue();
    }

    @Test
    void whenItIsSlowFramesAreLeftOutAndNobodyWaits() throws InterruptedException {
        played.gate = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            sink.write(frame(i));
        }
        assertThat(leftOut).hasValue(17);
        played.gate.countDown();
        while (played.written.size() < 3) {
            Thread.sleep(1);
        }
        sink.finish();
        assertThat(played.written).containsExactly(0L, 1L, 2L);
        sink.close();
        assertThat(warnings).containsExactly("cam/small: its encoder was too slow for 17 frames, which it left out");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatFailsIsReplacedAfterAPauseAndTakesNobodyAlong(boolean foreseen) throws InterruptedException {
        long start = System.nanoTime();
        played.failure = () -> {
            if (foreseen) {
                throw new StreamException("no space in the encoder");
            }
            throw new StackOverflowError("no space in the encoder");
        };
        int pts = 0;
        while (next.written.isEmpty()) {
            sink.write(frame(pts++));
            Thread.sleep(1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
        assertThat(played.written).isEmpty();
        assertThat(played.closed).isTrue();
        sink.finish();
        assertThat(next.finished).isTrue();
        assertThat(failures)
                .containsExactly(foreseen ? "no space in the encoder" : "an error of the program; the log says more");
        assertThat(warnings).containsExactly("cam/small: " + failures.get(0) + "; trying again in 0.25 s");
    }

    @Test
    void ofAFailureThatStaysTheSameIsWarnedOnce() throws InterruptedException {
        sink.close();
        try (SidelineSink other =
                new SidelineSink("cam/small", () -> played, notices, leftOut::incrementAndGet, failures::add)) {
            other.open(FORMAT);
            for (String line : List.of("no space", "no space", "no room")) {
                played.failure = () -> {
                    throw new StreamException(line);
                };
                for (int before = failures.size(); failures.size() == before; Thread.sleep(1)) {
                    other.write(frame(0));
                }
            }
            played.failure = () -> {};
            other.finish();
        }
        assertThat(failures).containsExactly("no space", "no space", "no room");
        assertThat(warnings)
                .filteredOn(line -> line.contains("trying again"))
                .containsExactly(
                        "cam/small: no space; trying again in 0.25 s", "cam/small: no room; trying again in 1.0 s");
    }

    @Test
    void whatWantsOtherPicturesHasFailed() throws InterruptedException {
        sink.close();
        played.wanted = PixelLayout.RGB24;
        try (SidelineSink other =
                new SidelineSink("cam/small", () -> played, notices, leftOut::incrementAndGet, failures::add)) {
            other.open(FORMAT);
            other.write(frame(0));
            other.finish();
            assertThat(failures)
                    .singleElement()
                    .asString()
                    .startsWith("its encoder wants rgb8 where the stream's has yuv420p");
        }
    }

    @Test
    void whatFailsAtItsEndIsSaid() {
        sink.write(frame(0));
        played.failure = () -> {
            throw new StreamException("no space in the encoder");
        };
        sink.finish();
        assertThat(failures).containsExactly("no space in the encoder");
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws InterruptedException {
        played.gate = new CountDownLatch(1);
        sink.write(frame(0));
        sink.write(frame(1));
        // One that has not begun when it is interrupted is left out.
        played.begun.await();
        Thread closing = new Thread(sink::close);
        closing.start();
        sink.interrupt();
        closing.join(50);
        assertThat(played.closed).isFalse();
        played.gate.countDown();
        closing.join();
        assertThat(played.closed).isTrue();
        assertThat(played.written).containsExactly(0L);
    }

    private VideoFrame frame(int pts) {
        return scope.frame(FORMAT, pts, 1);
    }

    private static final class Played implements FrameSink {
        private final List<Long> written = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile Runnable failure = () -> {};
        private volatile PixelLayout wanted = FORMAT.layout();
        private volatile boolean finished;
        private volatile boolean closed;

        @Override
        public FrameFormat open(FrameFormat offered) {
            return offered.withLayout(wanted);
        }

        @Override
        public void write(VideoFrame frame) {
            try (frame) {
                begun.countDown();
                gate.await();
                failure.run();
                written.add(frame.pts());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void finish() {
            failure.run();
            finished = true;
        }

        @Override
        public void interrupt() {}

        @Override
        public void close() {
            closed = true;
        }
    }
}
