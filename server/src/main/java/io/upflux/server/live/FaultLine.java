package io.upflux.server.live;

import io.upflux.pipeline.StreamException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, in one line for people. */
final class FaultLine {
    private static final Logger LOG = LoggerFactory.getLogger(FaultLine.class);

    private FaultLine() {}

    /**
     * The line; what nobody foresaw is logged for developers, too.
     *
     * @param name of what failed
     */
    static String of(String name, Throwable failure) {
        boolean foreseen = failure instanceof StreamException;
        String message = foreseen ? failure.getMessage() : failure.toString();
        String line = String.valueOf(message).lines().findFirst().orElse("failed");
        if (foreseen) {
            LOG.debug("{} failed", name, failure);
        } else {
            LOG.error("{}: {}", name, line, failure);
        }
        return line;
    }
}
