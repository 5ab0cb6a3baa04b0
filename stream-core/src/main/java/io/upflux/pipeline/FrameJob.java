package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;
import io.upflux.tile.Tile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One frame on its way: the decoded picture, the upscaled one once its first tile is there, and what is missing. */
final class FrameJob {
    private final VideoFrame source;
    private @Nullable VideoFrame result;
    private int tilesLeft;

    FrameJob(VideoFrame source, int tiles) {
        this.source = source;
        this.tilesLeft = tiles;
    }

    /** One tile of one frame. */
    record TileTask(FrameJob job, Tile tile) {}

    /** A filled batch; {@code tasks} are its tiles in order, of one or more frames. */
    record BatchTask(TileBatch batch, List<TileTask> tasks) {}

    /** All tiles of one frame. */
    static List<TileTask> tasks(VideoFrame frame, List<Tile> tiles) {
        FrameJob job = new FrameJob(frame, tiles.size());
        List<TileTask> tasks = new ArrayList<>(tiles.size());
        for (Tile tile : tiles) {
            tasks.add(new TileTask(job, tile));
        }
        return tasks;
    }

    VideoFrame source() {
        return source;
    }

    @Nullable
    VideoFrame result() {
        return result;
    }

    void result(VideoFrame frame) {
        result = frame;
    }

    /** Counts one tile as composed and says whether it was the last. */
    boolean tileDone() {
        return --tilesLeft == 0;
    }
}
