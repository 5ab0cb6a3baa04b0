package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.models.onnx.Packing.Filled;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tiles of several batches in fewer ones. */
class PackingTest {
    private final List<Integer> runs = new ArrayList<>();
    private final List<Integer> atEdge = new ArrayList<>();
    private final List<Doubling> made = new ArrayList<>();
    private final Packing free = new Packing(0, this::make);
    private int value;

    @Test
    void smallBatchesBecomeOne() throws OrtException {
        List<Filled> batches = List.of(filled(1, 1, 8), filled(1, 1, 8), filled(4, 3, 8), filled(16, 12, 8));
        compute(free, batches);
        // 17 tiles.
        assertThat(runs).containsExactly(16, 1);
    }

    @Test
    void tilesAtTheEdgeShareBatches() throws OrtException {
        List<Filled> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Filled one = filled(1, 1, 8);
            ((Doubling) one.batch()).edge[0] = i % 5 == 4;
            batches.add(one);
        }
        compute(free, batches);
        assertThat(runs).containsExactly(16, 4);
        assertThat(atEdge).containsExactly(1);
    }

    @Test
    void eachShapeKeepsToItself() throws OrtException {
        compute(free, List.of(filled(1, 1, 8), filled(1, 1, 16), filled(1, 1, 8), filled(1, 1, 8), filled(1, 1, 16)));
        assertThat(runs).containsExactly(4, 1, 1);
        assertThat(made).hasSize(1);
    }

    @Test
    void nothingMovesWhereNoRunIsSaved() throws OrtException {
        compute(free, List.of(filled(4, 4, 8), filled(1, 1, 8)));
        assertThat(runs).containsExactly(4, 1);
        assertThat(made).isEmpty();
    }

    @Test
    void batchesStaySmallWhereTilesAreLarge() throws OrtException {
        compute(free, List.of(filled(1, 1, 256), filled(1, 1, 256), filled(1, 1, 256), filled(1, 1, 256)));
        assertThat(runs).containsExactly(1, 1, 1, 1);
    }

    @Test
    void batchesOfAFixedSizeAreFilled() throws OrtException {
        try (Packing fixed = new Packing(4, this::make)) {
            compute(fixed, List.of(filled(4, 1, 32), filled(4, 2, 32), filled(4, 2, 32)));
            assertThat(runs).containsExactly(4, 4);
        }
    }

    @Test
    void keepsFewBatchesAndClosesThem() throws OrtException {
        for (int side = 1; side <= 40; side++) {
            compute(free, List.of(filled(1, 1, side), filled(1, 1, side), filled(1, 1, side)));
        }
        compute(free, List.of(filled(1, 1, 40), filled(1, 1, 40), filled(1, 1, 40)));
        assertThat(made).hasSize(40);
        assertThat(made.stream().filter(batch -> !batch.closed)).hasSize(16);
        free.close();
        assertThat(made).allMatch(batch -> batch.closed);
    }

    private void compute(Packing packing, List<Filled> batches) throws OrtException {
        packing.compute(batches, new RunOptions());
        for (Filled filled : batches) {
            Doubling batch = (Doubling) filled.batch();
            for (int i = 0; i < filled.tiles() * batch.area(); i++) {
                assertThat(batch.out.get(i)).isEqualTo(2 * batch.in.get(i));
                assertThat(batch.in.get(i)).isNotZero();
            }
        }
    }

    /** A batch some of whose places hold numbers that nothing else holds. */
    private Filled filled(int size, int tiles, int side) {
        Doubling batch = new Doubling(new TileShape(size, side, side));
        for (int i = 0; i < tiles * batch.area(); i++) {
            batch.in.put(i, ++value);
        }
        return new Filled(batch, tiles);
    }

    private Packable make(TileShape shape) {
        Doubling batch = new Doubling(shape);
        made.add(batch);
        return batch;
    }

    private final class Doubling implements Packable {
        private final TileShape shape;
        private final FloatBuffer in;
        private final FloatBuffer out;
        private final boolean[] edge;
        private boolean closed;

        Doubling(TileShape shape) {
            this.shape = shape;
            this.edge = new boolean[shape.batch()];
            this.in = FloatBuffer.allocate(shape.batch() * area());
            this.out = FloatBuffer.allocate(shape.batch() * area());
        }

        int area() {
            return shape.width() * shape.height();
        }

        @Override
        public TileShape shape() {
            return shape;
        }

        @Override
        public void take(Packable other, int item, int at) {
            Packable.copy(((Doubling) other).in, other.shape(), item, in, shape, at);
            edge[at] = other.atEdge(item);
        }

        @Override
        public boolean atEdge(int item) {
            return edge[item];
        }

        @Override
        public FloatBuffer made() {
            return out;
        }

        @Override
        public void compute(int tiles, RunOptions options) {
            runs.add(shape.batch());
            for (int item = 0; item < tiles; item++) {
                if (edge[item]) {
                    atEdge.add(runs.size() - 1);
                    break;
                }
            }
            for (int i = 0; i < in.capacity(); i++) {
                out.put(i, 2 * in.get(i));
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
