package io.upflux.models.fallback;

/** A way to compute a stroke, each with less memory than the one before or on something else. */
enum Step {
    AS_ASKED(""),
    SINGLE_TILES("one tile at a time"),
    SMALLER_TILES("tiles of half the width and height"),
    CPU("the CPU");

    private final String text;

    Step(String text) {
        this.text = text;
    }

    /** For people. */
    String text() {
        return text;
    }
}
