package io.upflux.server.live;

import io.upflux.pipeline.Notices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Notices of one stream in the log, each with the stream's name. */
final class LoggedNotices implements Notices {
    private static final Logger LOG = LoggerFactory.getLogger("io.upflux.server.live");

    /** Where structured logs have the stream's name. */
    static final String KEY = "stream";

    private final String stream;

    LoggedNotices(String stream) {
        this.stream = stream;
    }

    @Override
    public void warning(String line) {
        try (MDC.MDCCloseable named = MDC.putCloseable(KEY, stream)) {
            LOG.warn("{}: {}", stream, line);
        }
    }

    @Override
    public void info(String line) {
        try (MDC.MDCCloseable named = MDC.putCloseable(KEY, stream)) {
            LOG.info("{}: {}", stream, line);
        }
    }
}
