package io.upflux.reuse;

/** How much of the pictures before a picture may be made from. */
public enum ReuseMode {
    /** Every picture is computed whole, by itself. */
    OFF,
    /** What is kept is what computing would give, but for rounding: nothing that it depends on has changed by a bit. */
    EXACT,
    /** What has hardly changed is adapted instead of computed. */
    NEAR
}
