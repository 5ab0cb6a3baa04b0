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
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    Progress(Console console, boolean shown) {
        this.console = console;
        this.shown = shown && console.isTerminal();
    }

    /** @param frames of finished segments */
    void follow(LongAccumulator frames) {
        clock.scheduleAtFixedRate(() -> tell(frames.value()), 1, 1, TimeUnit.SECONDS);
    }

    private void tell(long frames) {
        DriverMetrics.FRAMES.set(frames);
        if (shown) {
            console.status(String.format(
                    Locale.ROOT,
                    "%d of %d films, %d of %d frames, %.1f fps",
                    DriverMetrics.DONE.get() + DriverMetrics.FAILED.get(),
                    DriverMetrics.FILMS.get(),
                    frames,
                    DriverMetrics.PROMISED.get(),
                    frames / ((System.nanoTime() - begun) / 1e9)));
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        if (shown) {
            console.clearStatus();
        }
    }
}
