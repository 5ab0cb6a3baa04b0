package io.upflux.models.onnx;

import io.upflux.pipeline.PictureMemory;
import io.upflux.tile.Tile;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the pictures of one stream: features between two stages, how deep windows went, and what a network saw
 * of the last picture that it computed in one tile, which is the context of squares of later ones.
 */
final class StreamMemory implements PictureMemory {
    private final int width;
    private final int height;
    private final @Nullable FeatureCache features;
    private @Nullable KnownDepths depths;
    private @Nullable SeenContext seen;

    /**
     * @param width of the pictures in LR pixels, as tiles cover it
     * @param height likewise
     * @param features of a network in two stages, closed with this
     * @param depths of windows that halt as they are told
     */
    StreamMemory(int width, int height, @Nullable FeatureCache features, @Nullable KnownDepths depths) {
        this.width = width;
        this.height = height;
        this.features = features;
        this.depths = depths;
    }

    /** What is known of a stream beside features, which are made again with the pictures they are of. */
    record State(@Nullable KnownDepths depths, @Nullable SeenContext seen) {}

    State state() {
        return new State(depths == null ? null : depths.copy(), seen);
    }

    /** Forgets what a stroke has left here that failed, so that it is computed by what was known before, whoever tries it again. */
    void restore(State before) {
        depths = before.depths();
        seen = before.seen();
    }

    @Nullable
    FeatureCache features() {
        return features;
    }

    @Nullable
    KnownDepths depths() {
        return depths;
    }

    /** The context of a picture, else what was seen last; null before the first picture that was computed in one tile. */
    @Nullable
    SeenContext contextOr(@Nullable SeenContext context) {
        return context != null ? context : seen;
    }

    void saw(SeenContext context) {
        seen = context;
    }

    /** Whether a tile is a whole picture, of which its network sees all by itself. */
    boolean isWhole(Tile tile) {
        return tile.coreWidth() >= width && tile.coreHeight() >= height;
    }

    @Override
    public void close() {
        if (features != null) {
            features.close();
        }
    }
}
