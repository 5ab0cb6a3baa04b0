package io.upflux.models;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A catalogue name, {@code <network>[-variant][-s|-m][-stream][-int8]-x<scale>}, split at its last dash.
 *
 * @param stem everything but the scale, such as {@code plain-s}
 */
record ModelName(String stem, int scale) {
    private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9]*(?:-[a-z0-9]+)*)-x([1-9][0-9]?)");

    /** Null when {@code text} is no complete name. */
    static @Nullable ModelName parse(String text) {
        Matcher name = FORM.matcher(text.toLowerCase(Locale.ROOT));
        return name.matches() ? new ModelName(name.group(1), Integer.parseInt(name.group(2))) : null;
    }

    /** How unlike a catalogue name is to what somebody typed, with or without its scale; 0 when it contains that. */
    static int unlikeness(String typed, String name) {
        if (name.contains(typed)) {
            return 0;
        }
        ModelName parsed = parse(name);
        int whole = distance(typed, name);
        return parsed == null ? whole : Math.min(whole, distance(typed, parsed.stem()));
    }

    /** The number of letters to insert, delete or replace (Levenshtein 1965). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    @Override
    public String toString() {
        return stem + "-x" + scale;
    }
}
