package io.upflux.server.bench.drawn;

import java.util.Random;

/** Text that looks like text, the same for the same seed. */
final class Words {
    private static final String[] WORDS = {
        "stream", "of", "frames", "the", "window", "halting", "keeps", "a", "reference", "each", "block", "network",
        "in", "time", "with", "deadline", "picture", "sample", "is", "computed", "for", "colour", "and", "edge",
        "motion", "never", "twice", "what", "has", "not", "changed", "stays", "Upflux", "decoder", "quality"
    };

    private Words() {}

    /** A sentence of about {@code letters} letters, never more. */
    static String sentence(long seed, int letters) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (true) {
            String word = WORDS[random.nextInt(WORDS.length)];
            if (text.length() + word.length() + 2 > letters) {
                return text.isEmpty()
                        ? ""
                        : Character.toUpperCase(text.charAt(0))
                                + text.substring(1).stripTrailing() + ".";
            }
            text.append(word).append(' ');
        }
    }

    /** A line of a program, indented. */
    static String code(long seed) {
        Random random = new Random(seed);
        String indent = " ".repeat(4 * (1 + random.nextInt(3)));
        String name = WORDS[random.nextInt(WORDS.length)];
        String other = WORDS[random.nextInt(WORDS.length)];
        return switch (random.nextInt(6)) {
            case 0 -> indent + "for (int " + name.charAt(0) + " = 0; i < " + other + ".size(); i++) {";
            case 1 -> indent + "return " + name + "(" + other + ", " + random.nextInt(100) + ");";
            case 2 -> indent + "// " + sentence(seed, 44);
            case 3 -> "";
            case 4 -> indent + "double " + name + " = " + other + " * 0." + random.nextInt(1000) + ";";
            default -> indent + name + "." + other + "(\"" + random.nextInt(10_000) + "\");";
        };
    }
}
