package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SidelineSinkTest {
    private final NativeScope scope = new NativeScope();
    private final Played played = new Played();
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
    private final SidelineSink sink = new SidelineSink("cam/small", played, notices, leftOut::incrementAndGet);

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

    @Test
    void whatFailsThereIsToldHere() {
        StreamException failure = new StreamException("no space in the encoder");
        played.failure = failure;
        sink.write(frame(0));
        assertThatThrownBy(() -> {
                    while (true) {
                        sink.write(frame(1));
                    }
                })
                .isSameAs(failure);
        assertThatThrownBy(sink::finish).isSameAs(failure);
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
        return scope.frame(
                new FrameFormat(
                        16,
                        16,
                        PixelLayout.YUV420P,
                        ColourSpec.UNKNOWN_LIMITED,
                        Rational.ONE,
                        new Rational(1, 25),
                        new Rational(25, 1)),
                pts,
                1);
    }

    private static final class Played implements FrameSink {
        private final List<Long> written = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile @Nullable StreamException failure;
        private volatile boolean finished;
        private volatile boolean closed;

        @Override
        public FrameFormat open(FrameFormat offered) {
            return offered;
        }

        @Override
        public void write(VideoFrame frame) {
            try (frame) {
                begun.countDown();
                gate.await();
                StreamException wanted = failure;
                if (wanted != null) {
                    throw wanted;
                }
                written.add(frame.pts());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void finish() {
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
