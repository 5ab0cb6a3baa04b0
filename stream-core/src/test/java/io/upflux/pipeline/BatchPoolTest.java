package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.BatchPool.Use;
import io.upflux.pipeline.SuperResolver.TileShape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPoolTest {
    private static final Kind LARGE = new Kind(Use.TILES, new TileShape(4, 8, 8));
    private static final Kind SMALL = new Kind(Use.TILES, new TileShape(1, 8, 8));

    private final FakeResolver resolver = FakeResolver.identity();
    private final BatchPool pool = new BatchPool(resolver, resolver::newBatch, 4 * 64);

    @Test
    void aBatchThatWasGivenBackIsUsedAgainForItsKind() {
        TileBatch batch = pool.take(LARGE);
        pool.give(LARGE, batch);
        assertThat(pool.take(SMALL)).isNotSameAs(batch);
        assertThat(pool.take(LARGE)).isSameAs(batch);
        pool.close();
        assertThat(resolver.batches).as("those in use are closed, too").hasValue(0);
    }

    @Test
    void whatIsTooMuchIsClosedTheLongestUnusedFirst() {
        TileBatch large = pool.take(LARGE);
        List<TileBatch> small = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            small.add(pool.take(SMALL));
        }
        assertThat(resolver.batches).hasValue(5);
        pool.give(LARGE, large);
        assertThat(resolver.batches).hasValue(5);
        small.forEach(batch -> pool.give(SMALL, batch));
        assertThat(resolver.batches).as("the large one").hasValue(4);
        assertThat(pool.take(LARGE)).isNotSameAs(large);
        assertThat(pool.take(SMALL)).as("used last").isSameAs(small.get(3));
        pool.close();
        assertThat(resolver.batches).hasValue(0);
    }
}
