package io.upflux.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

/** Why a film failed, in one line. */
final class Failures {
    /** Spark tells what tasks threw as text only, with their stack traces. */
    private static final Pattern THROWN = Pattern.compile("(?m)^.*?StreamException: (.+)$");

    private static final Pattern LAST = Pattern.compile("most recent failure: (.+)");

    private Failures() {}

    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SparkException) {
                String text = String.valueOf(cause.getMessage());
                Matcher thrown = THROWN.matcher(text);
                if (thrown.find()) {
                    return thrown.group(1);
                }
                Matcher last = LAST.matcher(text);
                if (last.find()) {
                    return "a task failed again and again, the last time: " + last.group(1);
                }
            }
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
    }
}
