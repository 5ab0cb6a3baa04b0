package io.upflux.server.preview;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.HaltingMap;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowGrid;
import io.upflux.reuse.WindowState;
import org.jspecify.annotations.Nullable;

/** Paints what became of windows, as {@link PreviewKind#MAP} says. */
final class MapPainter {
    /** Nothing of colour is stated, so that nobody changes the codes. */
    private static final ColourSpec CODES = new ColourSpec(
            ColourSpec.UNSPECIFIED,
            ColourSpec.UNSPECIFIED,
            ColourSpec.MATRIX_RGB,
            ColourSpec.Range.FULL,
            ColourSpec.ChromaSiting.UNSPECIFIED);

    private MapPainter() {}

    static VideoFrame paint(ReuseMap reuse, @Nullable HaltingMap halting, NativeScope scope) {
        WindowGrid grid = reuse.grid();
        FrameFormat format = new FrameFormat(
                grid.columns(),
                grid.rows(),
                PixelLayout.RGB24,
                CODES,
                Rational.UNKNOWN,
                new Rational(1, 25),
                Rational.UNKNOWN);
        VideoFrame picture = scope.frame(format, 0, 1);
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column < grid.columns(); column++) {
                put(picture.plane(0), column, row, shade(reuse.state(column, row)));
                put(picture.plane(1), column, row, halting == null ? 0 : shade(halting, column, row));
                put(picture.plane(2), column, row, 0);
            }
        }
        return picture;
    }

    private static int shade(WindowState state) {
        return switch (state) {
            case UNCHANGED -> 0;
            case UPDATED -> 85;
            case COMPUTED -> 170;
            case NEW -> 255;
        };
    }

    private static int shade(HaltingMap halting, int column, int row) {
        int x = column * WindowGrid.WINDOW / halting.window();
        int y = row * WindowGrid.WINDOW / halting.window();
        return Math.round(255f * halting.depth(x, y) / halting.blocks());
    }

    private static void put(Plane plane, int x, int y, int code) {
        plane.data().put(y * plane.stride() + x, (byte) code);
    }
}
