package io.upflux.cluster;

import io.upflux.pipeline.Notices;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Keeps warnings, each once, to be told of on the driver. Thread-safe. */
final class Warnings implements Notices {
    private final Set<String> lines = new LinkedHashSet<>();

    @Override
    public synchronized void warning(String line) {
        lines.add(line);
    }

    @Override
    public void info(String line) {}

    synchronized List<String> lines() {
        return new ArrayList<>(lines);
    }
}
