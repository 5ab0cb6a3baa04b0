package io.upflux.pipeline;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Paints every tile with the mean of its picture's samples, and halts each window after as many blocks as its first
 * sample says, {@link #depth}. Two at a time, and what came first takes longest.
 */
final class WholePictureResolver implements SuperResolver {
    static final int WINDOW = 4;
    static final int BLOCKS = 5;
    static final TileShape SAMPLES = new TileShape(5, 8, 12);

    final AtomicInteger batches = new AtomicInteger();
    final AtomicInteger looks = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    final Set<String> threads = ConcurrentHashMap.newKeySet();
    final CountDownLatch looking = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    private final Traits traits = new Traits("whole-x1", 1, 1, WINDOW, 3, "java", "fp32", WINDOW, BLOCKS);
    private final TileShape tile;
    private final int failAt;
    private final boolean hang;
    private final AtomicInteger running = new AtomicInteger();

    private WholePictureResolver(TileShape tile, int failAt, boolean hang) {
        this.tile = tile;
        this.failAt = failAt;
        this.hang = hang;
    }

    static WholePictureResolver with(TileShape tile) {
        return new WholePictureResolver(tile, -1, false);
    }

    /** Its look number {@code look}, counted from 1, fails. */
    static WholePictureResolver failing(TileShape tile, int look) {
        return new WholePictureResolver(tile, look, false);
    }

    /** Its first look lasts until it is interrupted. */
    static WholePictureResolver hanging(TileShape tile) {
        return new WholePictureResolver(tile, -1, true);
    }

    /** How deep a window goes whose first sample is {@code sample}, 0 to 255. */
    static int depth(int sample) {
        return 1 + sample % BLOCKS;
    }

    private record Mean(float value) implements PictureContext {}

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public int lanes() {
        return 2;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return tile;
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return new Batch(shape);
    }

    @Override
    public Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return Optional.of(SAMPLES);
    }

    @Override
    public PictureContext look(TileBatch samples) {
        int look = looks.incrementAndGet();
        enter(look);
        try {
            looking.countDown();
            if (hang) {
                interrupted.await();
            }
            if (hang || look == failAt) {
                throw new StreamException("whole-x1: cannot look at picture " + look);
            }
            float sum = 0;
            for (int i = 0; i < samples.input().capacity(); i++) {
                sum += samples.input().get(i);
            }
            return new Mean(sum / samples.input().capacity());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        enter(batch.hashCode());
        try {
            for (int i = 0; i < batch.output().capacity(); i++) {
                batch.output().put(i, ((Mean) context).value());
            }
            int across = batch.shape().width() / WINDOW;
            int rows = batch.shape().batch() * batch.shape().height() / WINDOW;
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < across; column++) {
                    float first = batch.input().get((row * batch.shape().width() + column) * WINDOW);
                    batch.depths().put(row * across + column, (byte) depth(Math.round(255 * first)));
                }
            }
        } finally {
            running.decrementAndGet();
        }
    }

    private void enter(int seed) {
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        threads.add(Thread.currentThread().getName());
        try {
            Thread.sleep(Math.floorMod(seed * 7, 4));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void interrupt() {
        interrupted.countDown();
    }

    @Override
    public void close() {}

    private final class Batch implements TileBatch {
        private final TileShape shape;
        private final FloatBuffer input;
        private final FloatBuffer output;
        private final ByteBuffer depths;

        Batch(TileShape shape) {
            int samples = shape.batch() * shape.width() * shape.height();
            this.shape = shape;
            this.input = FloatBuffer.allocate(samples);
            this.output = FloatBuffer.allocate(samples);
            this.depths = ByteBuffer.allocate(samples / WINDOW / WINDOW);
            batches.incrementAndGet();
        }

        @Override
        public TileShape shape() {
            return shape;
        }

        @Override
        public FloatBuffer input() {
            return input;
        }

        @Override
        public FloatBuffer output() {
            return output;
        }

        @Override
        public ByteBuffer depths() {
            return depths;
        }

        @Override
        public void close() {
            batches.decrementAndGet();
        }
    }
}
