package io.upflux.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A resolver in plain Java: nearest-neighbour enlargement after an optional 3x3 mean that sees zeros outside its tile. */
final class FakeResolver implements SuperResolver {
    final AtomicInteger batches = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    volatile boolean interrupted;

    /** From this call on what it computes are no numbers. */
    volatile int brokenFrom = Integer.MAX_VALUE;

    /** LR pixels computed by {@link #upscale}, margins included. */
    final AtomicLong pixels = new AtomicLong();

    private final Traits traits;
    private final TileShape tile;
    private final boolean blur;
    private Optional<Cells> cells = Optional.empty();

    FakeResolver(int scale, int channels, int align, TileShape tile, boolean blur) {
        this.traits = new Traits("fake-x" + scale, scale, channels, align, blur ? 1 : 0, "java", "fp32", 0, 0);
        this.tile = tile;
        this.blur = blur;
    }

    static FakeResolver identity() {
        return new FakeResolver(1, 3, 1, new TileShape(1, 4096, 4096), false);
    }

    /** Lets it compute squares by themselves. */
    FakeResolver with(Cells own) {
        cells = Optional.of(own);
        return this;
    }

    @Override
    public Optional<Cells> cells(int frameWidth, int frameHeight) {
        return cells;
    }

    @Override
    public TileBatch newCells(TileShape shape) {
        return newBatch(shape, cells.orElseThrow().margin());
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public TileShape tileFor(int frameWidth, int frameHeight) {
        return new TileShape(tile.batch(), Math.min(tile.width(), frameWidth), Math.min(tile.height(), frameHeight));
    }

    @Override
    public TileBatch newBatch(TileShape shape) {
        return newBatch(shape, 0);
    }

    private TileBatch newBatch(TileShape shape, int margin) {
        batches.incrementAndGet();
        int samples = shape.batch() * traits.channels() * shape.width() * shape.height();
        FloatBuffer input = floats(
                shape.batch() * traits.channels() * (shape.width() + 2 * margin) * (shape.height() + 2 * margin));
        FloatBuffer output = floats(samples * traits.scale() * traits.scale());
        return new TileBatch() {
            @Override
            public TileShape shape() {
                return shape;
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
            public FloatBuffer output() {
                return output;
            }

            @Override
            public void close() {
                batches.decrementAndGet();
            }
        };
    }

    @Override
    public void upscale(TileBatch batch, PictureContext context) {
        boolean broken = calls.incrementAndGet() > brokenFrom;
        TileShape shape = batch.shape();
        int scale = traits.scale();
        int margin = batch.margin();
        TileShape wide = new TileShape(shape.batch(), shape.width() + 2 * margin, shape.height() + 2 * margin);
        pixels.addAndGet((long) wide.batch() * wide.width() * wide.height());
        int planes = shape.batch() * traits.channels();
        for (int p = 0; p < planes; p++) {
            for (int y = 0; y < shape.height() * scale; y++) {
                for (int x = 0; x < shape.width() * scale; x++) {
                    batch.output()
                            .put(
                                    (p * shape.height() * scale + y) * shape.width() * scale + x,
                                    broken
                                            ? Float.NaN
                                            : value(batch.input(), wide, p, x / scale + margin, y / scale + margin));
                }
            }
        }
    }

    private float value(FloatBuffer input, TileShape shape, int plane, int x, int y) {
        if (!blur) {
            return input.get((plane * shape.height() + y) * shape.width() + x);
        }
        float sum = 0;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                if (y + dy >= 0 && y + dy < shape.height() && x + dx >= 0 && x + dx < shape.width()) {
                    sum += input.get((plane * shape.height() + y + dy) * shape.width() + x + dx) / 9;
                }
            }
        }
        return sum;
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public void close() {}

    private static FloatBuffer floats(int n) {
        return ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
