package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.FloatBuffer;

/** A batch whose tiles might as well be computed in another one of their shape. */
interface Packable extends AutoCloseable {
    TileShape shape();

    /** Takes over what the graph takes of one tile of another batch of its kind. */
    void take(Packable other, int item, int at);

    /** Whether a tile lies where its picture ends, and costs more for it. */
    boolean atEdge(int item);

    /** What its graph makes, tile by tile. */
    FloatBuffer made();

    /**
     * One thread at a time.
     *
     * @param tiles that somebody wants, the first ones
     */
    void compute(int tiles, RunOptions options) throws OrtException;

    @Override
    void close();

    /** Copies what belongs to one tile, in memory that holds as much for each of a batch. */
    static void copy(FloatBuffer from, TileShape source, int item, FloatBuffer to, TileShape target, int at) {
        int each = from.capacity() / source.batch();
        if (to.capacity() / target.batch() != each) {
            throw new IllegalArgumentException(source + " does not go into " + target);
        }
        to.put(at * each, from, item * each, each);
    }

    /** Tiles of a local network in one stage. */
    record OneStage(OnnxBatch batch) implements Packable {
        @Override
        public TileShape shape() {
            return batch.shape();
        }

        @Override
        public void take(Packable other, int item, int at) {
            copy(((OneStage) other).batch.input(), other.shape(), item, batch.input(), shape(), at);
        }

        @Override
        public boolean atEdge(int item) {
            return false;
        }

        @Override
        public FloatBuffer made() {
            return batch.output();
        }

        @Override
        public void compute(int tiles, RunOptions options) throws OrtException {
            batch.run(null, options);
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    /** Squares in the last of two stages. */
    record LastStage(StageBatch batch) implements Packable {
        @Override
        public TileShape shape() {
            return batch.shape();
        }

        @Override
        public void take(Packable other, int item, int at) {
            batch.take(((LastStage) other).batch, item, at);
        }

        @Override
        public boolean atEdge(int item) {
            return batch.atEdge(item);
        }

        @Override
        public FloatBuffer made() {
            return batch.output();
        }

        @Override
        public void compute(int tiles, RunOptions options) throws OrtException {
            batch.filled(tiles);
            batch.enlarge(options);
        }

        @Override
        public void close() {
            batch.close();
        }
    }
}
