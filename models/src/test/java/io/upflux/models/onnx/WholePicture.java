package io.upflux.models.onnx;

import io.upflux.pipeline.Notices;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.util.OptionalDouble;

/** What a resolver makes of a picture in one tile. */
final class WholePicture {
    private final float[] samples;
    private final byte[] depths;

    private WholePicture(float[] samples, byte[] depths) {
        this.samples = samples;
        this.depths = depths;
    }

    static WholePicture of(ModelFiles files, Planes picture, OptionalDouble threshold) {
        Contract contract = OnnxResolver.declared(files).orElseThrow();
        Execution cpu = new Execution(Execution.Gpu.NEVER, 0, 2);
        try (SuperResolver resolver = OnnxResolver.open(files, "model", contract, cpu, threshold, Notices.none());
                TileBatch batch = resolver.newBatch(new TileShape(1, picture.width(), picture.height()))) {
            batch.input().put(0, picture.samples());
            resolver.upscale(batch, PictureContext.NONE);
            float[] samples = new float[batch.output().capacity()];
            batch.output().get(0, samples);
            byte[] depths = new byte[batch.depths().capacity()];
            batch.depths().get(0, depths);
            return new WholePicture(samples, depths);
        }
    }

    float[] samples() {
        return samples;
    }

    /** Empty unless there is a threshold. */
    byte[] depths() {
        return depths;
    }
}
