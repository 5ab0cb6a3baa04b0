package io.upflux.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/** How much the libraries say on standard error: warnings without stack traces, unless the user wants to see more. */
final class Logging {
    private Logging() {}

    /** What a server does, with the time. */
    static void serving() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && root.getAppender("stderr") instanceof ConsoleAppender<ILoggingEvent> appender
                && root.getLevel() != Level.DEBUG) {
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(root.getLoggerContext());
            encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n%nopex");
            encoder.start();
            appender.setEncoder(encoder);
            root.getLoggerContext().getLogger("io.upflux").setLevel(Level.INFO);
        }
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
