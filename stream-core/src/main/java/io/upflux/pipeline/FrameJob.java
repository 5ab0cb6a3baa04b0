package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One frame on its way: the decoded picture, the context of its tiles, the upscaled picture and halting depths once the
 * first tile is there, and what is missing.
 */
final class FrameJob {
    private final VideoFrame source;
    private final Mono<PictureContext> context;
    private @Nullable VideoFrame result;
    private byte[] depths = {};
    private int tilesLeft;

    /** @param context the same one however often it is asked for */
    FrameJob(VideoFrame source, Mono<PictureContext> context, int tiles) {
        this.source = source;
        this.context = context;
        this.tilesLeft = tiles;
    }

    /** One tile of one frame. */
    record TileTask(FrameJob job, Tile tile) {}

    /** A filled batch; {@code tasks} are its tiles in order, of frames that share a context. */
    record BatchTask(TileBatch batch, List<TileTask> tasks) {
        Mono<PictureContext> context() {
            return tasks.get(0).job().context;
        }
    }

    /** All tiles of the frame. */
    List<TileTask> tasks(List<Tile> tiles) {
        List<TileTask> tasks = new ArrayList<>(tiles.size());
        for (Tile tile : tiles) {
            tasks.add(new TileTask(this, tile));
        }
        return tasks;
    }

    /** All tiles of the frame in groups of {@code size}; the last may have fewer. */
    List<List<TileTask>> batches(List<Tile> tiles, int size) {
        List<TileTask> tasks = tasks(tiles);
        List<List<TileTask>> batches = new ArrayList<>();
        for (int from = 0; from < tasks.size(); from += size) {
            batches.add(tasks.subList(from, Math.min(from + size, tasks.size())));
        }
        return batches;
    }

    VideoFrame source() {
        return source;
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

    /** Counts one tile as composed and says whether it was the last. */
    boolean tileDone() {
        return --tilesLeft == 0;
    }
}
