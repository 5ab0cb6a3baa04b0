package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.FloatBuffer;
import java.util.List;

/** A batch whose tiles might as well be computed in another one of their shape. */
interface Packable extends AutoCloseable {
    TileShape shape();

    /** All that its graph takes, each tile by tile. */
    List<FloatBuffer> taken();

    /** What its graph makes, tile by tile. */
    FloatBuffer made();

    /** One thread at a time. */
    void compute(RunOptions options) throws OrtException;

    @Override
    void close();

    /** Tiles of a local network in one stage. */
    record OneStage(OnnxBatch batch) implements Packable {
        @Override
        public TileShape shape() {
            return batch.shape();
        }

        @Override
        public List<FloatBuffer> taken() {
            return List.of(batch.input());
        }

        @Override
        public FloatBuffer made() {
            return batch.output();
        }

        @Override
        public void compute(RunOptions options) throws OrtException {
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
        public List<FloatBuffer> taken() {
            return batch.taken();
        }

        @Override
        public FloatBuffer made() {
            return batch.output();
        }

        @Override
        public void compute(RunOptions options) throws OrtException {
            batch.enlarge(options);
        }

        @Override
        public void close() {
            batch.close();
        }
    }
}
