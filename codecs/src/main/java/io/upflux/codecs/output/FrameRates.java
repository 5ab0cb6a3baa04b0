package io.upflux.codecs.output;

import io.upflux.frame.Rational;
import java.util.Comparator;
import java.util.List;

/** The frame rates that ISO 13818-2 table 6-4 knows. */
final class FrameRates {
    private static final List<Rational> STANDARD = List.of(
            new Rational(24_000, 1001),
            new Rational(24, 1),
            new Rational(25, 1),
            new Rational(30_000, 1001),
            new Rational(30, 1),
            new Rational(50, 1),
            new Rational(60_000, 1001),
            new Rational(60, 1));

    private FrameRates() {}

    static Rational nearest(Rational rate) {
        return STANDARD.stream()
                .min(Comparator.comparingDouble(standard -> Math.abs(standard.toDouble() - rate.toDouble())))
                .orElseThrow();
    }
}
