package io.upflux.reuse;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.util.function.IntBinaryOperator;

/** Endless grey pictures with detail of all sizes, as photographs have (value noise, octaves of equal contrast). */
final class Landscape {
    private final long seed;

    Landscape(long seed) {
        this.seed = seed;
    }

    /** Code at 8 bits, 16 to 235. */
    int at(double x, double y) {
        double sum = 0;
        double weight = 0;
        for (int octave = 0; octave < 6; octave++) {
            double size = 128 >> octave;
            double contrast = Math.pow(0.7, octave);
            sum += contrast * smooth(octave, x / size, y / size);
            weight += contrast;
        }
        return (int) Math.round(Math.min(Math.max(126 + 300 * (sum / weight - 0.5), 16), 235));
    }

    /** The part of it from (0, 0) on, painted once. */
    IntBinaryOperator still(FrameFormat format) {
        int width = format.width();
        int[] codes = new int[width * format.height()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = at(i % width, i / width);
        }
        return (x, y) -> codes[y * width + x];
    }

    private double smooth(int octave, double x, double y) {
        long column = (long) Math.floor(x);
        long row = (long) Math.floor(y);
        double right = x - column;
        double down = y - row;
        double top = lattice(octave, column, row) * (1 - right) + lattice(octave, column + 1, row) * right;
        double bottom = lattice(octave, column, row + 1) * (1 - right) + lattice(octave, column + 1, row + 1) * right;
        return top * (1 - down) + bottom * down;
    }

    /** 0 to 1 at random, the same for the same place (the finaliser of SplitMix64). */
    private double lattice(int octave, long column, long row) {
        long z = seed * 0x9e3779b97f4a7c15L
                + octave * 0x632be59bd9b4e019L
                + column * 0x85157af5L
                + row * 0xd1342543de82ef95L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return ((z ^ z >>> 31) >>> 11) * 0x1p-53;
    }

    static FrameFormat format(int width, int height, int depth) {
        return Pictures.format(width, height, new PixelLayout(PixelLayout.Family.GRAY, depth, 0, 0, false));
    }

    /** A picture whose luma or green at each place is the given code at 8 bits, clipped; nothing else is in it. */
    static VideoFrame picture(NativeScope scope, FrameFormat format, IntBinaryOperator code) {
        VideoFrame frame = scope.frame(format, 0, 1);
        int luma = format.layout().lumaPlane();
        int shift = format.layout().depth() - 8;
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                TestFrames.set(frame, luma, x, y, Math.min(Math.max(code.applyAsInt(x, y), 0), 255) << shift);
            }
        }
        return frame;
    }
}
