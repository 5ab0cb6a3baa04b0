package io.upflux.server.job;

import io.upflux.codecs.MediaNames;
import io.upflux.server.config.WatchConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes jobs of the files in a folder that have stopped growing: one of each, unless it changes later. It looks now and
 * then, since file systems over a network tell nobody of changes.
 */
final class WatchedFolder {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFolder.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

    private final WatchConfig config;
    private final JobStore store;
    private final Admission admission;
    private final JobChanges changes;
    private final Map<String, Sighting> seen = new HashMap<>();
    private boolean missing;
    private boolean waiting;

    /**
     * @param since when the file was first seen as it is, as {@link System#nanoTime()}
     * @param taken whether it has become a job as it is
     */
    private record Sighting(WatchedFile file, long since, boolean taken) {}

    WatchedFolder(WatchConfig config, JobStore store, Admission admission, JobChanges changes) {
        this.config = config;
        this.store = store;
        this.admission = admission;
        this.changes = changes;
    }

    /** Looks until disposed. */
    Disposable watch() {
        Duration quarter = config.settle().dividedBy(4);
        Duration pause = quarter.compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : quarter.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : quarter;
        return Flux.interval(Duration.ZERO, pause)
                .onBackpressureDrop()
                .concatMap(
                        look -> look().onErrorResume(failure -> {
                            LOG.warn("{}: {}", config.folder(), String.valueOf(failure.getMessage()));
                            return Mono.empty();
                        }),
                        1)
                .subscribe();
    }

    private Mono<Void> look() {
        return Mono.fromCallable(this::files)
                .subscribeOn(Schedulers.boundedElastic())
                // A folder that is not there says nothing of its files: they may be back with it.
                .filter(files -> !missing)
                .flatMap(files -> {
                    Set<String> here = files.stream().map(WatchedFile::path).collect(Collectors.toSet());
                    List<String> gone = seen.keySet().stream()
                            .filter(path -> !here.contains(path))
                            .toList();
                    gone.forEach(seen::remove);
                    List<WatchedFile> settled = settled(files);
                    return Flux.fromIterable(gone)
                            .concatMap(store::forget)
                            .thenMany(Flux.fromIterable(settled))
                            .concatMap(this::take)
                            .then()
                            .onErrorResume(JobRefusal.class, this::waitForRoom);
                });
    }

    private List<WatchedFile> settled(List<WatchedFile> files) {
        long now = System.nanoTime();
        List<WatchedFile> settled = new ArrayList<>();
        for (WatchedFile file : files) {
            Sighting before = seen.get(file.path());
            if (before == null || !before.file().equals(file)) {
                seen.put(file.path(), new Sighting(file, now, false));
            } else if (!before.taken()
                    && now - before.since() >= config.settle().toNanos()) {
                settled.add(file);
            }
        }
        return settled;
    }

    private Mono<Void> take(WatchedFile file) {
        return store.knows(file)
                .flatMap(known -> known ? Mono.empty() : queue(file))
                .doOnSuccess(done -> seen.put(file.path(), new Sighting(file, System.nanoTime(), true)));
    }

    private Mono<Void> queue(WatchedFile file) {
        String name = String.valueOf(Path.of(file.path()).getFileName());
        Job job = Job.queued(name, file.path(), config.upscaling(), config.output(), config.priority());
        return admission.admit(store.add(job, file)).doOnSuccess(added -> {
            waiting = false;
            LOG.info("job {} is queued: {}", job.id(), file.path());
            changes.tell(job.id());
        });
    }

    /** What has not been taken is still there at the next look. */
    private Mono<Void> waitForRoom(JobRefusal full) {
        if (!waiting) {
            waiting = true;
            LOG.info("{}: its files wait: {}", config.folder(), full.getMessage());
        }
        return Mono.empty();
    }

    private List<WatchedFile> files() throws IOException {
        List<Path> named;
        try (Stream<Path> entries = Files.list(config.folder())) {
            named = entries.filter(WatchedFolder::isMeant).sorted().toList();
        } catch (NoSuchFileException e) {
            if (!missing) {
                missing = true;
                LOG.warn("{}: there is no such folder to watch (yet)", config.folder());
            }
            return List.of();
        }
        missing = false;
        List<WatchedFile> files = new ArrayList<>();
        for (Path file : named) {
            try {
                WatchedFile watched = WatchedFile.of(file);
                if (watched.bytes() > 0) {
                    files.add(watched);
                }
            } catch (NoSuchFileException e) {
                // Gone since.
            }
        }
        return files;
    }

    private static boolean isMeant(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && MediaNames.isMedia(name) && Files.isRegularFile(file);
    }
}
