package io.upflux.server.live;

import io.upflux.pipeline.Notices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices of one stream in the log, each with the stream's name. */
final class LoggedNotices implements Notices {
    private static final Logger LOG = LoggerFactory.getLogger("io.upflux.server.live");

    private final String stream;

    LoggedNotices(String stream) {
        this.stream = stream;
    }

    @Override
    public void warning(String line) {
        LOG.warn("{}: {}", stream, line);
    }

    @Override
    public void info(String line) {
        LOG.info("{}: {}", stream, line);
    }
}
