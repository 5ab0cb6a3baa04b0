package io.upflux.server.doctor;

/**
 * One thing that was looked at.
 *
 * @param topic a word, such as {@code memory}
 * @param problem whether something will not work, or not well, because of it
 * @param text one line: what was found, and what to do about a problem
 */
public record Finding(String topic, boolean problem, String text) {
    static Finding fine(String topic, String text) {
        return new Finding(topic, false, text);
    }

    static Finding problem(String topic, String text) {
        return new Finding(topic, true, text);
    }
}
