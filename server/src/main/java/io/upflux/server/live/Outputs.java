package io.upflux.server.live;

import io.upflux.server.config.RecordConfig;
import io.upflux.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a stream is sent and recorded. Thread-safe. */
final class Outputs implements AutoCloseable {
    private final FragmentWindow window;

    /** By what they are configured by: a URL or a {@link RecordConfig}. */
    private final Map<Object, Output> running = new LinkedHashMap<>();

    /** For those who ask, who shall not wait until one has ended. */
    private volatile List<Output> shown = List.of();

    Outputs(FragmentWindow window) {
        this.window = window;
    }

    /** Starts what is new, ends what is gone, and leaves the rest alone. */
    synchronized void adjust(StreamConfig config) {
        Map<Object, Output> wanted = new LinkedHashMap<>();
        for (String url : config.push()) {
            wanted.put(url, new Push(config.name(), url, window));
        }
        RecordConfig record = config.record();
        if (record != null) {
            wanted.put(record, new Recording(config.name(), record, window));
        }
        List<Output> gone = new ArrayList<>();
        running.forEach((key, output) -> {
            if (!wanted.containsKey(key)) {
                gone.add(output);
            }
        });
        running.keySet().retainAll(wanted.keySet());
        close(gone);
        wanted.forEach((key, output) -> {
            if (running.putIfAbsent(key, output) == null) {
                output.start();
            }
        });
        shown = List.copyOf(running.values());
    }

    List<OutputStatus> status() {
        return shown.stream()
                .map(output -> new OutputStatus(output.name(), output.working(), output.error()))
                .toList();
    }

    @Override
    public synchronized void close() {
        close(List.copyOf(running.values()));
        running.clear();
    }

    private static void close(List<Output> outputs) {
        AtOnce.each(outputs, Output::close);
    }
}
