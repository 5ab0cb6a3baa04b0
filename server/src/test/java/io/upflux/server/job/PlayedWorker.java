package io.upflux.server.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Works until it is told how that ends, or to stop. */
final class PlayedWorker implements JobWorker {
    final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Sinks.One<JobEnd>> ends = new ConcurrentHashMap<>();
    private final Map<String, Consumer<JobProgress>> reports = new ConcurrentHashMap<>();
    volatile int most;

    /** Whether it takes its time to stop. */
    volatile boolean stubborn;

    @Override
    public Mono<JobEnd> work(Job job, Mono<Void> stop, Consumer<JobProgress> progress) {
        return Mono.defer(() -> {
            Sinks.One<JobEnd> end = Sinks.one();
            begun.add(job.name());
            reports.put(job.id(), progress);
            ends.put(job.id(), end);
            most = Math.max(most, ends.size());
            return Mono.firstWithSignal(end.asMono(), stubborn ? Mono.never() : stop.thenReturn(JobEnd.STOPPED))
                    // Before anybody learns that it is over, and begins another.
                    .doOnNext(over -> ends.remove(job.id()));
        });
    }

    void end(Job job, JobEnd end) {
        JobRows.required(ends.get(job.id())).tryEmitValue(end);
    }

    void report(Job job, JobProgress progress) {
        JobRows.required(reports.get(job.id())).accept(progress);
    }
}
