package io.upflux.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.upflux.server.config.LogConfig;
import io.upflux.server.http.LeaverFilter;
import org.slf4j.LoggerFactory;

/** How much the libraries say on standard error: warnings without stack traces, unless the user wants to see more. */
final class Logging {
    private Logging() {}

    /** What a server does, with the time: text for people, or JSON for programs. */
    static void serving(LogConfig config) {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && root.getAppender("stderr") instanceof ConsoleAppender<ILoggingEvent> appender) {
            appender.setEncoder(config.json() ? json(root.getLoggerContext()) : text(root));
            Level level = Level.convertAnSLF4JLevel(config.level());
            if (root.getLevel() == Level.DEBUG) {
                return;
            }
            if (root.getLoggerContext().getTurboFilterList().stream().noneMatch(LeaverFilter.class::isInstance)) {
                root.getLoggerContext().addTurboFilter(new LeaverFilter());
            }
            // Libraries tell of every connection at info.
            root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
            root.getLoggerContext().getLogger("io.upflux").setLevel(level);
            root.getLoggerContext().getLogger("io.upflux.access").setLevel(config.access() ? Level.INFO : Level.OFF);
        }
    }

    private static Encoder<ILoggingEvent> text(Logger root) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(root.getLoggerContext());
        boolean verbose = root.getLevel() == Level.DEBUG;
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level "
                + (verbose ? "[%thread] %logger{24}: %msg%n%ex" : "%msg%n%nopex"));
        encoder.start();
        return encoder;
    }

    /** An object a line: timestamp in milliseconds since 1970, level, logger, thread, message, and the stream in {@code mdc}. */
    static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithKVPList(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }

    /** Everything from debug level up, with origin and stack traces. */
    static void verbose() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && root.getAppender("stderr") instanceof ConsoleAppender<ILoggingEvent> appender) {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(root.getLoggerContext());
            encoder.setPattern("%-5level %relative [%thread] %logger{24}: %msg%n%ex");
            encoder.start();
            appender.setEncoder(encoder);
            root.setLevel(Level.DEBUG);
        }
    }
}
