package io.upflux.server.config;

import io.upflux.pipeline.StreamException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What is logged, and how.
 *
 * @param json an object a line instead of text
 * @param level the least that is logged
 * @param access whether each request is
 */
public record LogConfig(boolean json, Level level, boolean access) {
    /** What is worth a line, in text. */
    public static final LogConfig USUAL = new LogConfig(false, Level.INFO, false);

    static final Set<String> KEYS = Set.of("format", "level", "access");

    static LogConfig of(@Nullable Settings settings) {
        if (settings == null) {
            return USUAL;
        }
        String format = settings.text("format");
        if (format != null && !format.equals("text") && !format.equals("json")) {
            throw settings.wrong("format", "must be text or json, not " + format);
        }
        Boolean access = settings.flag("access");
        LogConfig config = new LogConfig("json".equals(format), level(settings), access != null && access);
        settings.end();
        return config;
    }

    private static Level level(Settings settings) throws StreamException {
        String text = settings.text("level");
        if (text == null) {
            return USUAL.level;
        }
        try {
            return Level.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw settings.wrong("level", "must be error, warn, info, debug or trace, not " + text);
        }
    }
}
