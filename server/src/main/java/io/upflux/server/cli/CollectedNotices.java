package io.upflux.server.cli;

import io.upflux.pipeline.Notices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows notices to people as they come and keeps the warnings for the result. A line that repeats, as damage does, is
 * shown once and counted.
 */
final class CollectedNotices implements Notices {
    private final Console console;
    private final String subject;
    private final Map<String, Integer> warnings = new LinkedHashMap<>();
    private final Map<String, Integer> infos = new LinkedHashMap<>();

    CollectedNotices(Console console) {
        this(console, "");
    }

    /** @param subject begins every line, when there are several things to speak of */
    CollectedNotices(Console console, String subject) {
        this.console = console;
        this.subject = subject;
    }

    @Override
    public void warning(String line) {
        if (isNew(warnings, subject + line)) {
            console.say("warning: " + subject + line);
        }
    }

    @Override
    public void info(String line) {
        if (isNew(infos, subject + line)) {
            console.say("note: " + subject + line);
        }
    }

    /** The warnings in order of first appearance, repeated ones with how often they came. */
    synchronized List<String> warnings() {
        List<String> lines = new ArrayList<>();
        warnings.forEach((line, times) -> lines.add(times == 1 ? line : line + " (" + times + " times)"));
        return lines;
    }

    private synchronized boolean isNew(Map<String, Integer> seen, String line) {
        return seen.merge(line, 1, Integer::sum) == 1;
    }
}
