package io.upflux.server.live;

import io.upflux.pipeline.StreamException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, in one line that viewers may see. */
final class FaultLine {
    /** What nobody foresaw may speak of paths and ports. */
    private static final String UNFORESEEN = "an error of the program; the log says more";

    private static final Logger LOG = LoggerFactory.getLogger(FaultLine.class);

    private FaultLine() {}

    /**
     * Logs a failure for developers: what was foreseen at debug, all else as an error.
     *
     * @param name of what failed
     * @return the line
     */
    static String logged(String name, Throwable failure) {
        if (foreseen(failure)) {
            LOG.debug("{} failed", name, failure);
            return String.valueOf(failure.getMessage()).lines().findFirst().orElse("failed");
        }
        LOG.error("{}: {}", name, failure.toString(), failure);
        return UNFORESEEN;
    }

    /** The pipeline passes errors on as failures of the stream with their text. */
    private static boolean foreseen(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof StreamException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return failure instanceof StreamException
                && !(cause instanceof Error
                        && String.valueOf(failure.getMessage()).contains(cause.toString()));
    }
}
