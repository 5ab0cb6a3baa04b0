package io.upflux.server.bench;

import io.upflux.models.onnx.MatrixProduct;
import io.upflux.pipeline.PictureContext;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import java.util.List;

/** Measures networks beside what the same cores reach at most, by turns in one process. */
public final class LimitBench {
    /** Side of the matrices: large enough that nothing but arithmetic takes time. */
    private static final int SIDE = 2048;

    private static final int WARMING = 2;

    private final int width;
    private final int height;
    private final int rounds;

    /**
     * @param width of a picture
     * @param height likewise
     * @param rounds measured, of which medians are told
     */
    public LimitBench(int width, int height, int rounds) {
        this.width = width;
        this.height = height;
        this.rounds = rounds;
    }

    /**
     * @param resolver that infers on the CPU
     * @param macs multiplications for each LR pixel
     * @param threads that it was opened with
     */
    public NetworkLimit measure(SuperResolver resolver, long macs, int threads) {
        TileShape shape = resolver.tileFor(width, height);
        double operations = 2.0 * macs * shape.batch() * shape.width() * shape.height();
        try (MatrixProduct product = new MatrixProduct(SIDE, threads);
                TileBatch batch = resolver.newBatch(shape)) {
            for (int i = 0; i < batch.input().capacity(); i++) {
                batch.input().put(i, i * 7919 % 256 / 255f);
            }
            Rounds measured = new Rounds(
                            false, List.of(product::run, () -> resolver.upscale(batch, PictureContext.NONE)))
                    .run(WARMING, rounds);
            return new NetworkLimit(
                    resolver.traits().name(),
                    measured.median(spans -> operations / spans[1].seconds() / 1e9),
                    measured.median(spans -> product.operations() / spans[0].seconds() / 1e9),
                    measured.median(spans ->
                            operations / spans[1].cpuSeconds() / (product.operations() / spans[0].cpuSeconds())));
        }
    }
}
