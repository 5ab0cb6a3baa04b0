package io.upflux.server.segment;

import io.upflux.pipeline.Notices;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes each line on once: what holds for a whole file is found by each of its segments. */
final class OnceNotices implements Notices {
    private final Notices notices;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    OnceNotices(Notices notices) {
        this.notices = notices;
    }

    @Override
    public void warning(String line) {
        if (said.add(line)) {
            notices.warning(line);
        }
    }

    @Override
    public void info(String line) {
        if (said.add(line)) {
            notices.info(line);
        }
    }
}
