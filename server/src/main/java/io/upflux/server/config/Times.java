package io.upflux.server.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How times of a film are written: {@code 90}, {@code 90.5}, {@code 90s}, {@code 500ms}, {@code 1m30s}, {@code MM:SS} and
 * {@code HH:MM:SS.mmm}.
 */
public final class Times {
    private static final String NUMBER = "(\\d{1,9}(?:\\.\\d{1,9})?)";
    private static final Pattern CLOCK = Pattern.compile("(?:(\\d{1,9}):)?(\\d{1,9}):" + NUMBER);
    private static final Pattern UNITS =
            Pattern.compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:" + NUMBER + "(?:s|$))?(?:(\\d{1,9})ms)?");
    private static final long LONGEST_DAYS = 10_000;
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);

    private Times() {}

    /** @throws IllegalArgumentException in one line, when it is none, or none of a film */
    public static Duration parse(String text) {
        Duration time = read(text);
        if (time.toDays() > LONGEST_DAYS) {
            throw new IllegalArgumentException("'" + text + "' is later than any film lasts");
        }
        return time;
    }

    private static Duration read(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (clock.matches()) {
            return Duration.ofHours(whole(clock.group(1)))
                    .plusMinutes(whole(clock.group(2)))
                    .plus(seconds(clock.group(3)));
        }
        Matcher units = UNITS.matcher(text);
        if (!text.isEmpty() && units.matches()) {
            return Duration.ofHours(whole(units.group(1)))
                    .plusMinutes(whole(units.group(2)))
                    .plus(seconds(units.group(3)))
                    .plusMillis(whole(units.group(4)));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no time; write seconds (90 or 90.5), 1m30s, MM:SS or HH:MM:SS.mmm");
    }

    private static long whole(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Duration seconds(@Nullable String number) {
        return number == null
                ? Duration.ZERO
                : Duration.ofNanos(new BigDecimal(number).multiply(NANOS).longValue());
    }
}
