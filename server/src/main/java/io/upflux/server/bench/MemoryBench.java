package io.upflux.server.bench;

import io.upflux.buffer.NativeScope;
import io.upflux.colour.TileReader;
import io.upflux.colour.TileWriter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ChangeDetector;
import io.upflux.reuse.Changes;
import io.upflux.reuse.Tolerance;
import io.upflux.reuse.WindowCopy;
import io.upflux.server.bench.drawn.MovingPattern;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Measures the steps around inference, which do little more than move memory, beside copies of as many bytes. */
public final class MemoryBench {
    private static final int WARMING = 40;
    private static final int TILE = 128;
    private static final int HALO = 8;
    private static final int CHANGED = 10;

    private final int width;
    private final int height;
    private final int rounds;

    /**
     * @param width of the pictures that are read and written, a multiple of 8
     * @param height likewise
     * @param rounds measured, of which medians are told
     */
    public MemoryBench(int width, int height, int rounds) {
        this.width = width;
        this.height = height;
        this.rounds = rounds;
    }

    private record Step(String name, long bytes, Runnable work) {}

    /** One for each step; the same picture each time. */
    public List<MemoryLimit> measure() {
        FrameFormat format = new MovingPattern(width, height, 1).format();
        try (NativeScope scope = new NativeScope()) {
            VideoFrame frame = new MovingPattern(width, height, 1).frames(scope).blockFirst();
            VideoFrame same = scope.frame(format, 0, 0);
            VideoFrame target = scope.frame(format, 0, 0);
            if (frame == null) {
                throw new IllegalStateException("a pattern without pictures");
            }
            frame.copyTo(same);
            long bytes =
                    frame.planes().stream().mapToLong(plane -> bytes(plane)).sum();
            TilePlan plan = TilePlan.cover(width, height, Math.min(TILE, width), Math.min(TILE, height), HALO, HALO);
            FloatBuffer samples =
                    scope.allocate(Float.BYTES * 3 * width * height).bytes().asFloatBuffer();
            long floats = (long) Float.BYTES * samples.capacity();
            new TileReader(format, 3).read(frame, 0, 0, width, height, samples, 0);

            List<Step> steps = new ArrayList<>();
            steps.add(reading("planes to samples", format, frame, List.of(whole()), bytes + floats, scope));
            steps.add(reading("the same in tiles", format, frame, plan.tiles(), bytes + floats, scope));
            steps.add(writing("samples to planes", format, samples, List.of(whole()), bytes + floats, target));
            steps.add(writing("the same in tiles", format, samples, plan.tiles(), bytes + floats, target));
            ChangeDetector detector = new ChangeDetector(format);
            Changes changes = new Changes(detector.grid());
            steps.add(new Step(
                    "no change found", 2 * bytes, () -> detector.compare(frame, same, Tolerance.EXACT, changes)));
            BitSet some = new BitSet();
            for (int w = 0; w < detector.grid().windows(); w += CHANGED) {
                some.set(w);
            }
            steps.add(new Step(
                    "a tenth of windows copied", 2 * bytes / CHANGED, () -> WindowCopy.copy(frame, some, target)));
            List<MemoryLimit> limits = new ArrayList<>();
            for (Step step : steps) {
                limits.add(measure(step, scope));
            }
            frame.close();
            same.close();
            target.close();
            return limits;
        }
    }

    private MemoryLimit measure(Step step, NativeScope scope) {
        int half = (int) (step.bytes() / 2);
        ByteBuffer from = scope.allocate(half).bytes();
        ByteBuffer to = scope.allocate(half).bytes();
        Rounds measured = new Rounds(true, List.of(() -> to.put(0, from, 0, half), step.work())).run(WARMING, rounds);
        return new MemoryLimit(
                step.name(),
                step.bytes() / 1e6,
                measured.median(spans -> step.bytes() / spans[1].cpuSeconds() / 1e9),
                measured.median(spans -> step.bytes() / spans[0].cpuSeconds() / 1e9),
                measured.median(spans -> spans[0].cpuSeconds() / spans[1].cpuSeconds()));
    }

    private Tile whole() {
        return TilePlan.cover(width, height, width, height, 0, 2).tiles().get(0);
    }

    private static Step reading(
            String name, FrameFormat format, VideoFrame frame, List<Tile> tiles, long bytes, NativeScope scope) {
        TileReader reader = new TileReader(format, 3);
        int side = tiles.size() == 1 ? 0 : TILE;
        int width = side == 0 ? format.width() : Math.min(side, format.width());
        int height = side == 0 ? format.height() : Math.min(side, format.height());
        FloatBuffer to = scope.allocate(Float.BYTES * 3 * width * height * tiles.size())
                .bytes()
                .asFloatBuffer();
        return new Step(name, bytes, () -> {
            for (int i = 0; i < tiles.size(); i++) {
                Tile tile = tiles.get(i);
                reader.read(frame, tile.x(), tile.y(), width, height, to, i * 3 * width * height);
            }
        });
    }

    private static Step writing(
            String name, FrameFormat format, FloatBuffer samples, List<Tile> tiles, long bytes, VideoFrame to) {
        TileWriter writer = new TileWriter(format, 3, format.height());
        TileWriter.Samples picture = new TileWriter.Samples(samples, 0, format.width(), format.height(), 0, 0);
        return new Step(name, bytes, () -> {
            for (Tile tile : tiles) {
                writer.write(picture, tile.coreX(), tile.coreY(), tile.coreWidth(), tile.coreHeight(), to);
            }
        });
    }

    private static long bytes(Plane plane) {
        return (long) plane.width() * plane.height();
    }
}
