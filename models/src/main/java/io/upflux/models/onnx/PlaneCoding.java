package io.upflux.models.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.upflux.colour.ColourKernels;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.pipeline.SuperResolver.TileShape;

/**
 * Between which planes a graph converts by itself, as far as its form depends on that; the rest is numbers it is given
 * ({@link ColourKernels}).
 */
record PlaneCoding(Side from, Side to, int scale) {
    /**
     * Planes of one end.
     *
     * @param wide whether codes have two bytes
     */
    record Side(boolean wide, int shiftX, int shiftY) {
        static Side of(PixelLayout layout) {
            return new Side(layout.bytesPerSample() == 2, layout.chromaShiftX(), layout.chromaShiftY());
        }

        /** The runtime's Java classes know no unsigned 16 bits; codes have 15 at most. */
        OnnxJavaType type() {
            return wide ? OnnxJavaType.INT16 : OnnxJavaType.UINT8;
        }

        boolean fits(int width, int height) {
            return width % (1 << shiftX) == 0 && height % (1 << shiftY) == 0;
        }

        long[] luma(int batch, int width, int height) {
            return new long[] {batch, 1, height, width};
        }

        long[] chroma(int batch, int width, int height) {
            return new long[] {batch, 2, height >> shiftY, width >> shiftX};
        }
    }

    /** Whether chroma samples go into tiles without remainder. */
    boolean fits(TileShape shape) {
        return from.fits(shape.width(), shape.height()) && to.fits(scale * shape.width(), scale * shape.height());
    }

    static PlaneCoding of(FrameFormat from, FrameFormat to, int scale) {
        return new PlaneCoding(Side.of(from.layout()), Side.of(to.layout()), scale);
    }
}
