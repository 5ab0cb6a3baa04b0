package io.upflux.frame;

/**
 * An exact fraction, used for time bases, frame rates and aspect ratios.
 *
 * @param num numerator
 * @param den denominator, positive; {@code 0/1} means "unknown"
 */
public record Rational(long num, long den) {
    public static final Rational UNKNOWN = new Rational(0, 1);
    public static final Rational ONE = new Rational(1, 1);

    public Rational {
        if (den <= 0) {
            throw new IllegalArgumentException("denominator must be positive: " + num + "/" + den);
        }
    }

    /** This fraction in lowest terms. */
    public Rational reduced() {
        long a = Math.abs(num);
        long b = den;
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a <= 1 ? this : new Rational(num / a, den / a);
    }

    public boolean isKnown() {
        return num != 0;
    }

    public double toDouble() {
        return (double) num / den;
    }

    /** {@code ticks} of this time base in seconds. */
    public double seconds(long ticks) {
        return (double) ticks * num / den;
    }

    @Override
    public String toString() {
        return num + "/" + den;
    }
}
