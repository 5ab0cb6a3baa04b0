package io.upflux.server.cli;

import java.util.Locale;

/** Times for people. */
final class Clock {
    private Clock() {}

    /** {@code 0:07}, {@code 12:34} or {@code 1:02:03}. */
    static String hms(double seconds) {
        long whole = Math.round(seconds);
        long hours = whole / 3600;
        return hours > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
