package io.upflux.codecs;

import io.upflux.pipeline.Notices;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notices kept for assertions. */
public final class Collected implements Notices {
    public final List<String> warnings = new CopyOnWriteArrayList<>();
    public final List<String> infos = new CopyOnWriteArrayList<>();

    @Override
    public void warning(String line) {
        warnings.add(line);
    }

    @Override
    public void info(String line) {
        infos.add(line);
    }
}
