package io.upflux.codecs.ffmpeg;

import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * How players turn and flip a picture: the upper left part of a display matrix (ISO/IEC 14496-12, 8.3.2) in 16.16 fixed
 * point. Its scale is left out, being part of the sample aspect already, and so is its shift, which counts pixels of
 * one picture size; a sink may therefore write it for pictures of any size.
 */
public record DisplayMatrix(int a, int b, int c, int d) {
    /** Size of FFmpeg's form: nine numbers of 32 bits. */
    public static final int BYTES = 9 * Integer.BYTES;

    private static final int ONE = 1 << 16;
    private static final int LAST_ONE = 1 << 30;

    /** Neither turned nor flipped. */
    public static final DisplayMatrix IDENTITY = new DisplayMatrix(ONE, 0, 0, ONE);

    /**
     * Reads side data; what is no matrix, or one that squeezes the picture into a line, counts as none.
     *
     * @param data may be null
     * @param size in bytes
     */
    public static DisplayMatrix read(@Nullable Pointer data, long size) {
        if (data == null || data.isNull() || size < BYTES) {
            return IDENTITY;
        }
        IntPointer matrix = new IntPointer(data);
        double across = Math.hypot(matrix.get(0), matrix.get(3));
        double down = Math.hypot(matrix.get(1), matrix.get(4));
        if (across == 0 || down == 0) {
            return IDENTITY;
        }
        return new DisplayMatrix(
                unit(matrix.get(0), across),
                unit(matrix.get(1), down),
                unit(matrix.get(3), across),
                unit(matrix.get(4), down));
    }

    /** Writes FFmpeg's form, {@link #BYTES} long. */
    public void write(Pointer data) {
        new IntPointer(data).put(elements(), 0, BYTES / Integer.BYTES);
    }

    /** The turn, after the flip if there is one, in whole degrees counter-clockwise, 0 to 359. */
    public int degrees() {
        return Math.floorMod(Math.round(avutil.av_display_rotation_get(elements())), 360);
    }

    private int[] elements() {
        return new int[] {a, b, 0, c, d, 0, 0, 0, LAST_ONE};
    }

    private static int unit(int element, double length) {
        return (int) Math.round(element / length * ONE);
    }
}
