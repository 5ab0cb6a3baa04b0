package io.upflux.pipeline;

/**
 * Makes pictures larger: a network session or a resizer. Works on batches of equally shaped tiles of network samples;
 * cutting, colour and joining are the pipeline's. May be shared by pipelines one after the other.
 */
public interface SuperResolver extends AutoCloseable {
    /** What a pipeline must know to feed it. */
    Traits traits();

    /**
     * The tile shape it would like for frames of this size. Tiles never exceed the frame rounded up to
     * {@link Traits#align}, unless the resolver's shape is fixed.
     */
    TileShape tileFor(int frameWidth, int frameHeight);

    /**
     * Allocates one batch with its input and output memory. The caller closes it, before this resolver.
     *
     * @throws StreamException when the shape cannot be run
     */
    TileBatch newBatch(TileShape shape);

    /**
     * How many {@link #upscale} calls may run at once, each with a batch of its own. More than one where a call alone
     * cannot keep the processors busy, since its parts wait for each other.
     */
    default int lanes() {
        return 1;
    }

    /**
     * Fills {@link TileBatch#output()} from {@link TileBatch#input()}. Blocks.
     *
     * @param batch one of {@link #newBatch}
     * @throws StreamException when inference fails
     */
    void upscale(TileBatch batch);

    /** Makes running {@link #upscale} calls return soon, with an error, where the runtime can. Any thread. */
    void interrupt();

    @Override
    void close();

    /**
     * Fixed facts of a resolver.
     *
     * @param name catalogue name, such as {@code plain-s-x2}
     * @param scale factor in both directions, 1 or more
     * @param channels 3 for R, G, B planes, 1 for luma only (chroma and alpha are then resized)
     * @param align tile sides must be multiples of this, in LR pixels
     * @param halo LR pixels around a tile's core that influence it; outside the picture the resolver pads itself
     * @param provider what runs it, for people: {@code cpu}, {@code cuda:0}, {@code java}
     * @param precision arithmetic, for people: {@code fp32}, {@code fp16}
     */
    record Traits(String name, int scale, int channels, int align, int halo, String provider, String precision) {}

    /**
     * Shape of a batch of tiles.
     *
     * @param batch tiles a batch
     * @param width tile width in LR pixels, halo included
     * @param height tile height in LR pixels, halo included
     */
    record TileShape(int batch, int width, int height) {}
}
