package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;
import io.upflux.reuse.FramePlan;
import io.upflux.reuse.InferenceCost;
import io.upflux.tile.Tile;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One frame on its way: the decoded picture, what is to be computed of it, the context of its tiles, the upscaled picture
 * and halting depths once the first tile is there, and what is missing.
 */
final class FrameJob {
    private final Route route;
    private final VideoFrame source;
    private final FramePlan plan;
    private final Mono<PictureContext> context;
    private final long deadline;
    private @Nullable VideoFrame result;
    private byte[] depths = {};
    private final int tiles;
    private int tilesLeft;
    private final double cost;
    private final double predictedSeconds;
    private double seconds;
    private double places;
    private @Nullable String flaw;

    /**
     * @param route that it takes
     * @param context the same one however often it is asked for
     * @param deadline when it must be there, as of a stroke
     * @param tiles how many will be computed
     * @param cost of all of them, in pixels of a whole picture
     * @param pixelSeconds how long such a pixel is supposed to take
     */
    FrameJob(
            Route route,
            VideoFrame source,
            FramePlan plan,
            Mono<PictureContext> context,
            long deadline,
            int tiles,
            double cost,
            double pixelSeconds) {
        this.cost = cost;
        this.predictedSeconds = cost * pixelSeconds;
        this.route = route;
        this.source = source;
        this.plan = plan;
        this.context = context;
        this.deadline = deadline;
        this.tiles = tiles;
        this.tilesLeft = tiles;
    }

    /** One tile of one frame. */
    record TileTask(FrameJob job, Tile tile) {}

    /** All of these tiles of the frame. */
    List<TileTask> tasks(List<Tile> tiles) {
        return tiles.stream().map(tile -> new TileTask(this, tile)).toList();
    }

    Route route() {
        return route;
    }

    VideoFrame source() {
        return source;
    }

    FramePlan plan() {
        return plan;
    }

    Mono<PictureContext> context() {
        return context;
    }

    long deadline() {
        return deadline;
    }

    @Nullable
    VideoFrame result() {
        return result;
    }

    /** The first tile is there. */
    void begin(VideoFrame frame, byte[] noDepths) {
        result = frame;
        depths = noDepths;
    }

    /** Halting depths of the frame's windows, empty where none halts. */
    byte[] depths() {
        return depths;
    }

    /** What one of its tiles costs on average, in pixels of a whole picture. */
    double tileCost() {
        return cost / tiles;
    }

    /**
     * One tile has passed inference, where each stroke of work is counted by itself.
     *
     * @param took its share of the time, in seconds
     * @param share of the places in its batch
     */
    void tileComputed(double took, double share) {
        seconds += took;
        places += share;
    }

    /** Of all its tiles, when they are computed. */
    InferenceCost inference() {
        return new InferenceCost(predictedSeconds, seconds, tiles, places);
    }

    /** Some of what was computed of it cannot be shown, as said in words. */
    void spoilt(String what) {
        flaw = what;
    }

    /** What is known to be wrong with it; null for nothing. */
    @Nullable
    String flaw() {
        return flaw;
    }

    /** Counts one tile as composed. */
    void tileDone() {
        tilesLeft--;
    }

    /** Whether any of its tiles is composed. */
    boolean isBegun() {
        return tilesLeft < tiles;
    }

    /** Whether all of its tiles are composed. */
    boolean isWhole() {
        return tilesLeft == 0;
    }
}
