package io.upflux.cluster;

import io.upflux.server.cli.Console;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.util.LongAccumulator;

/** How far a library is, for people at a terminal and for metrics. */
final class Progress implements AutoCloseable {
    private final Console console;
    private final boolean shown;
    private final long begun = System.nanoTime();
    private final LongAccumulator frames;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    /** @param frames of finished segments */
    Progress(Console console, boolean shown, LongAccumulator frames) {
        this.console = console;
        this.shown = shown && console.isTerminal();
        this.frames = frames;
        clock.scheduleAtFixedRate(() -> tell(frames.value()), 1, 1, TimeUnit.SECONDS);
    }

    private void tell(long done) {
        DriverMetrics.FRAMES.set(done);
        if (shown) {
            console.status(String.format(
                    Locale.ROOT,
                    "%d of %d films, %d of %d frames, %.1f fps",
                    DriverMetrics.DONE.get() + DriverMetrics.FAILED.get(),
                    DriverMetrics.FILMS.get(),
                    done,
                    DriverMetrics.PROMISED.get(),
                    done / ((System.nanoTime() - begun) / 1e9)));
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        DriverMetrics.FRAMES.set(frames.value());
        if (shown) {
            console.clearStatus();
        }
    }
}
