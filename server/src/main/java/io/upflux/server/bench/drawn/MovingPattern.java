package io.upflux.server.bench.drawn;

import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;

/**
 * A synthetic clip for machines without one at hand: a zone plate that pans, with a little grain, so that neither an
 * encoder nor a network has it easier than with a real picture.
 */
public final class MovingPattern extends DrawnFrames {
    private static final int PAN = 3;

    /**
     * @param width even
     * @param height even
     * @param frames to produce, 25 a second
     */
    public MovingPattern(int width, int height, int frames) {
        super(width, height, frames);
    }

    @Override
    Painter painter() {
        return MovingPattern::paint;
    }

    private static void paint(int index, VideoFrame frame) {
        int noise = 12_345 + index;
        Plane luma = frame.plane(0);
        double rings = 0.7 * Math.PI / luma.width();
        for (int y = 0; y < luma.height(); y++) {
            double dy = y - luma.height() / 2.0;
            for (int x = 0; x < luma.width(); x++) {
                double dx = x - luma.width() / 2.0 + PAN * (index % luma.width());
                noise = noise * 1_664_525 + 1_013_904_223; // Numerical Recipes' linear congruence
                double value = 126 + 90 * Math.cos(rings * (dx * dx + dy * dy)) + (noise >>> 30);
                luma.data().put(y * luma.stride() + x, (byte) value);
            }
        }
        for (int p = 1; p <= 2; p++) {
            Plane chroma = frame.plane(p);
            for (int y = 0; y < chroma.height(); y++) {
                for (int x = 0; x < chroma.width(); x++) {
                    int along = p == 1 ? x + PAN * index : y - PAN * index;
                    chroma.data().put(y * chroma.stride() + x, (byte) (128 + 60 * Math.sin(along / 40.0)));
                }
            }
        }
    }
}
