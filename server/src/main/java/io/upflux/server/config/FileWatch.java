package io.upflux.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Looks from time to time whether files have changed. Unlike the system's notifications this also sees mounted files, and
 * links that are exchanged.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    /** Soon enough for people, and next to no work. */
    private static final Duration USUAL = Duration.ofSeconds(2);

    private final List<Path> files;
    private final Scheduler thread = Schedulers.newSingle("upflux-watch", true);
    private List<String> seen;

    /** @param changed told on a thread that may wait, once for all changes since it was told last */
    public FileWatch(List<Path> files, Runnable changed) {
        this.files = List.copyOf(files);
        this.seen = look();
        Flux.interval(USUAL, thread).onBackpressureDrop().subscribe(tick -> tell(changed));
    }

    @Override
    public void close() {
        thread.dispose();
    }

    private void tell(Runnable changed) {
        List<String> now = look();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            changed.run();
        } catch (RuntimeException e) {
            LOG.error("a change of {} was not taken in", files, e);
        }
    }

    private List<String> look() {
        return files.stream().map(FileWatch::state).toList();
    }

    private static String state(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file) + " " + file.toRealPath();
        } catch (IOException e) {
            return "missing";
        }
    }
}
