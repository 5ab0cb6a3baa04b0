package io.upflux.server.segment;

import io.upflux.pipeline.Notices;

/** Notes whether a source has warned: then something in it is not as it should be. */
public final class SourceNotices implements Notices {
    private final Notices notices;
    private volatile boolean warned;

    /** @param notices where the lines go on to */
    public SourceNotices(Notices notices) {
        this.notices = notices;
    }

    @Override
    public void warning(String line) {
        warned = true;
        notices.warning(line);
    }

    @Override
    public void info(String line) {
        notices.info(line);
    }

    public boolean warned() {
        return warned;
    }
}
