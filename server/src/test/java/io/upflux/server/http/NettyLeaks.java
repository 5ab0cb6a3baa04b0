package io.upflux.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/**
 * Netty's reports of buffers that nobody released. It makes them when it sees that a buffer was collected, so one that is
 * leaked on purpose tells when all those before have been seen.
 */
public final class NettyLeaks {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    static {
        // Every buffer, with who had it last.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                REPORTS.add(event.getFormattedMessage());
            }
        };
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
    }

    private NettyLeaks() {}

    /** From now on, all buffers count. */
    public static void watch() {
        // The class has been loaded.
    }

    /** Fails when there is one that had been allocated and lost since {@link #watch}. Each is told of once. */
    public static void verifyNone() {
        String own = UUID.randomUUID().toString();
        leak(own);
        long limit = System.nanoTime() + PATIENCE_NANOS;
        while (REPORTS.stream().noneMatch(report -> report.contains(own))) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
            System.gc();
            LockSupport.parkNanos(PAUSE_NANOS);
            ByteBufAllocator.DEFAULT.directBuffer().release();
        }
        List<String> others =
                REPORTS.stream().filter(report -> !report.contains(own)).toList();
        REPORTS.clear();
        assertThat(others).isEmpty();
    }

    private static void leak(String mark) {
        ByteBufAllocator.DEFAULT.directBuffer().touch(mark);
    }
}
