package io.upflux.models.onnx;

import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.tile.Tile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** A batch of squares of pictures, computed in two stages: its samples, and memory for the last stage. */
final class StagedCells implements TileBatch {
    private final StageBatch last;
    private final int channels;
    private final int scale;
    private final int margin;
    private final int window;
    private final TileMemory memory = new TileMemory();
    private final FloatBuffer input;
    private final ByteBuffer depths;

    /**
     * @param margin LR pixels around the squares that either stage takes in
     * @param window side of the windows whose depths are told; 0 where none are
     */
    StagedCells(StageSessions windows, Contract contract, String label, TileShape shape, int margin, int window) {
        this.window = window;
        this.last = new StageBatch(windows, contract, label, shape);
        this.channels = contract.format().channels();
        this.scale = contract.scale();
        this.margin = margin;
        try {
            input = memory.allocate(
                            label,
                            Float.BYTES,
                            shape.batch(),
                            channels,
                            shape.height() + 2L * margin,
                            shape.width() + 2L * margin)
                    .asFloatBuffer();
            depths = memory.allocate(label, Byte.BYTES, shape.batch(), columns(), rows());
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    /**
     * Gives the first stage the samples of a window, or of the whole square, as it takes them.
     *
     * @param tile where the square lies
     * @param x of the window in the picture
     */
    void window(int item, Tile tile, int x, int y, StageBatch to, int at) {
        copy(item, x - tile.x(), y - tile.y(), to, at);
    }

    /** Takes note of how many blocks have computed a window, at a place in the picture. */
    void depth(int item, Tile tile, int x, int y, byte depth) {
        int row = y / window - tile.y() / window;
        int column = x / window - tile.x() / window;
        depths.put((item * rows() + row) * columns() + column, depth);
    }

    /** Of a square without what its tile has around it. */
    int side(Tile tile) {
        return shape().width() - 2 * (tile.coreX() - tile.x());
    }

    private int columns() {
        return window == 0 ? 0 : (shape().width() + window - 1) / window;
    }

    private int rows() {
        return window == 0 ? 0 : (shape().height() + window - 1) / window;
    }

    /** Gives the last stage the features of a square and what is around it. */
    void recall(int item, Tile tile, FeatureCache from) {
        int reach = last.reach();
        int width = shape().width() + 2 * reach;
        int height = shape().height() + 2 * reach;
        from.cut(tile.x() - reach, tile.y() - reach, width, height, last.features(), item * width * height);
        last.place(item, tile.x(), tile.y(), from);
    }

    /** Puts what the picture's edge shows in place of what was made beyond it, of a square that reaches there. */
    void repeatEdge(int item, Tile tile, FeatureCache picture) {
        int columns = shape().width();
        int rows = shape().height();
        if (!picture.ends(tile.x(), tile.y(), columns, rows)) {
            return;
        }
        int left = scale * Math.max(0, -tile.x());
        int right = scale * Math.min(columns, picture.width() - tile.x()) - 1;
        int top = scale * Math.max(0, -tile.y());
        int bottom = scale * Math.min(rows, picture.height() - tile.y()) - 1;
        int width = scale * columns;
        int height = scale * rows;
        FloatBuffer made = output();
        for (int i = 0; i < channels * height * width; i++) {
            int x = i % width;
            int y = i / width % height;
            int nearX = Math.max(left, Math.min(x, right));
            int nearY = Math.max(top, Math.min(y, bottom));
            if (x != nearX || y != nearY) {
                int plane = (item * channels + i / width / height) * height;
                made.put((plane + y) * width + x, made.get((plane + nearY) * width + nearX));
            }
        }
    }

    /** Gives the last stage the samples of the first squares, and returns it. */
    StageBatch last(int items) {
        for (int item = 0; item < items; item++) {
            copy(item, 0, 0, last, item);
        }
        return last;
    }

    /** Copies a rectangle with the margin of a stage; {@code x} and {@code y} count from the square's corner. */
    private void copy(int item, int x, int y, StageBatch to, int at) {
        int stride = shape().width() + 2 * margin;
        int rows = shape().height() + 2 * margin;
        int more = to.margin();
        int width = to.shape().width() + 2 * more;
        int height = to.shape().height() + 2 * more;
        for (int c = 0; c < channels; c++) {
            int from = ((item * channels + c) * rows + y + margin - more) * stride + x + margin - more;
            int put = (at * channels + c) * height * width;
            for (int row = 0; row < height; row++) {
                to.input().put(put + row * width, input, from + row * stride, width);
            }
        }
    }

    @Override
    public TileShape shape() {
        return last.shape();
    }

    @Override
    public int margin() {
        return margin;
    }

    @Override
    public FloatBuffer input() {
        return input;
    }

    @Override
    public ByteBuffer depths() {
        return depths;
    }

    @Override
    public FloatBuffer output() {
        return last.output();
    }

    @Override
    public void close() {
        last.close();
        memory.close();
    }
}
