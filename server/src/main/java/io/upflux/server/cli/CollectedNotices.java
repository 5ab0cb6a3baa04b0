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

    /** @param subject what the lines are about, when there are several things to speak of; put before those without it */
    CollectedNotices(Console console, String subject) {
        this.console = console;
        this.subject = subject;
    }

    @Override
    public void warning(String line) {
        String full = withSubject(line);
        if (isNew(warnings, full)) {
            console.say("warning: " + full);
        }
    }

    @Override
    public void info(String line) {
        String full = withSubject(line);
        if (isNew(infos, full)) {
            console.say("note: " + full);
        }
    }

    /** The warnings in order of first appearance, repeated ones with how often they came. */
    synchronized List<String> warnings() {
        List<String> lines = new ArrayList<>();
        warnings.forEach((line, times) -> lines.add(times == 1 ? line : line + " (" + times + " times)"));
        return lines;
    }

    private String withSubject(String line) {
        return subject.isEmpty() || line.contains(subject) ? line : subject + ": " + line;
    }

    private synchronized boolean isNew(Map<String, Integer> seen, String line) {
        return seen.merge(line, 1, Integer::sum) == 1;
    }
}
