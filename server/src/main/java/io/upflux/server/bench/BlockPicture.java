package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.server.bench.Quality.Block;

/**
 * Where reuse loses most, to be looked at: the brightness of a block and of what is around it, without reuse, with it, and
 * their difference times eight on grey, side by side.
 */
final class BlockPicture {
    private static final int SIDE = 128;
    private static final int LARGER = 2;
    private static final int AMPLIFIED = 8;
    private static final int GREY = 128;

    private BlockPicture() {}

    /**
     * @param plain a picture made without reuse
     * @param reused the same with it
     * @param where the block lies
     * @return 8-bit grey, the caller's
     */
    static VideoFrame of(VideoFrame plain, VideoFrame reused, Block where, NativeScope scope) {
        int width = Math.min(SIDE, plain.format().width());
        int height = Math.min(SIDE, plain.format().height());
        int left = start(where.x(), width, plain.format().width());
        int top = start(where.y(), height, plain.format().height());
        VideoFrame picture = scope.frame(format(plain.format(), 3 * LARGER * width, LARGER * height), 0, 0);
        float[] off = new float[plain.format().width()];
        float[] on = new float[off.length];
        for (int y = 0; y < height; y++) {
            QualityMeter.row(plain, top + y, off);
            QualityMeter.row(reused, top + y, on);
            for (int x = 0; x < width; x++) {
                float difference = AMPLIFIED * (on[left + x] - off[left + x]);
                dot(picture, x, y, off[left + x]);
                dot(picture, width + x, y, on[left + x]);
                dot(picture, 2 * width + x, y, GREY + difference);
            }
        }
        return picture;
    }

    /** So that the block is in the middle where it can be. */
    private static int start(int block, int part, int whole) {
        return Math.max(0, Math.min(whole - part, block + QualityMeter.BLOCK / 2 - part / 2));
    }

    private static FrameFormat format(FrameFormat like, int width, int height) {
        return like.withSize(width, height)
                .withLayout(new PixelLayout(PixelLayout.Family.GRAY, 8, 0, 0, false))
                .withColour(new ColourSpec(
                        ColourSpec.UNSPECIFIED,
                        ColourSpec.UNSPECIFIED,
                        ColourSpec.UNSPECIFIED,
                        ColourSpec.Range.FULL,
                        ColourSpec.ChromaSiting.UNSPECIFIED));
    }

    private static void dot(VideoFrame picture, int x, int y, float code) {
        Plane plane = picture.plane(0);
        byte value = (byte) Math.round(Math.max(0, Math.min(255, code)));
        for (int j = 0; j < LARGER; j++) {
            for (int i = 0; i < LARGER; i++) {
                plane.data().put((y * LARGER + j) * plane.stride() + x * LARGER + i, value);
            }
        }
    }
}
