package io.upflux.models.resize;

/** Interpolation kernels, each with its reach in LR pixels. */
public enum Kernel {
    /** Keys 1981, a = -0.5: what MATLAB's {@code imresize} and the super-resolution literature call bicubic. */
    BICUBIC("bicubic", 2) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x <= 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        }
    },

    /** Sinc windowed by the main lobe of a sinc three times as wide (Duchon 1979). */
    LANCZOS("lanczos", 3) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private final String label;
    private final int reach;

    Kernel(String label, int reach) {
        this.label = label;
        this.reach = reach;
    }

    /** Name in the catalogue, without the scale. */
    public String label() {
        return label;
    }

    /** Samples on each side of a position that have a weight; also the halo of an enlargement. */
    public int reach() {
        return reach;
    }

    /** Not normalised: the weights at integer steps sum to one only nearly. */
    abstract double weight(double distance);

    private static double sinc(double x) {
        if (x < 1e-9) {
            return 1;
        }
        double t = Math.PI * x;
        return Math.sin(t) / t;
    }
}
