package io.upflux.models.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.upflux.buffer.Closer;
import io.upflux.frame.FrameFormat;
import io.upflux.models.tile.TileMemory;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.tile.Tile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One batch: its memory, and the graphs that have been run over it. */
final class OnnxBatch implements TileBatch {
    private final ModelSessions sessions;
    private final TileShape shape;
    private final int margin;
    private final Closer owned = new Closer();
    private final Pictures pictures;
    private final ByteBuffer depths;
    private final Map<Pass, List<PassRun>> runs = new EnumMap<>(Pass.class);
    private List<PassRun> last = List.of();

    /** @param margin LR pixels that the graph for squares takes in around them; 0 for tiles */
    private OnnxBatch(ModelSessions sessions, String label, TileShape shape, int margin, Maker maker) {
        this.sessions = sessions;
        this.shape = shape;
        this.margin = margin;
        TileMemory memory = owned.own(sessions.memory());
        try {
            pictures = maker.make(memory, owned);
            depths = memory.allocate(label, Byte.BYTES, sessions.windows(shape));
            Pass only = margin > 0 ? Pass.WINDOWS : sessions.onlyPass();
            if (only != null) {
                // So that a shape that cannot be run is refused at once.
                runs(only);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Maker {
        Pictures make(TileMemory memory, Closer owner);
    }

    /** Of samples. @param margin LR pixels that the graph for squares takes in around them; 0 for tiles */
    static OnnxBatch ofSamples(ModelSessions sessions, Contract contract, String label, TileShape shape, int margin) {
        GraphCheck picture = sessions.main().picture();
        long channels = contract.format().channels();
        long scale = contract.scale();
        float white = contract.range().white();
        long[] small = {shape.batch(), channels, shape.height() + 2 * margin, shape.width() + 2 * margin};
        long[] large = {shape.batch(), channels, scale * shape.height(), scale * shape.width()};
        return new OnnxBatch(
                sessions,
                label,
                shape,
                margin,
                (memory, owner) -> new SamplePictures(
                        new PictureSamples(memory, label, small, picture.half(), white),
                        new PictureSamples(memory, label, large, picture.halfOutput(), white)));
    }

    /** Of tiles as planes. */
    static OnnxBatch ofPlanes(
            ModelSessions sessions,
            Contract contract,
            String label,
            TileShape shape,
            FrameFormat from,
            FrameFormat to) {
        return new OnnxBatch(
                sessions,
                label,
                shape,
                0,
                (memory, owner) -> new PlanePictures(memory, owner, label, shape, contract, from, to));
    }

    /** One thread at a time. */
    void run(@Nullable SeenContext context, RunOptions options) throws OrtException {
        pictures.feed();
        last = runs(margin > 0 ? Pass.WINDOWS : sessions.passFor(context));
        for (PassRun run : last) {
            run.run(context, options);
            run.depths(depths);
        }
        pictures.collect();
    }

    /**
     * As {@link #run(SeenContext, RunOptions)}, of a stream, with the features of a network in two stages there afterwards.
     * Without a context a tile that is a picture sees all of it and remembers that, and others go by what is remembered.
     */
    void run(List<Place> places, @Nullable SeenContext context, StreamMemory memory, RunOptions options)
            throws OrtException {
        boolean whole = context == null && memory.isWhole(places.get(0).tile());
        SeenContext seen = whole ? null : memory.contextOr(context);
        if (!whole && seen == null && sessions.looks()) {
            throw new IllegalArgumentException("a part of a picture wants a context, and nothing was seen before");
        }
        for (PassRun run : runs(sessions.passFor(seen))) {
            run.keep();
        }
        run(seen, options);
        float[] values = last.get(0).context();
        if (whole && values != null) {
            memory.saw(new SeenContext(sessions, values));
        }
    }

    /**
     * As one of a network in two stages, whose features are to be there afterwards.
     *
     * @param wanted how many blocks each window passes, of all tiles
     * @return how many blocks each window would have needed
     */
    byte[] run(SeenContext context, byte[] wanted, RunOptions options) throws OrtException {
        pictures.feed();
        last = runs(Pass.BODY);
        PassRun all = last.get(0);
        all.keep();
        byte[] needed = all.run(context, wanted, sessions.threshold(), options);
        depths.put(0, wanted);
        pictures.collect();
        return needed;
    }

    /** Puts the features that the last run kept of a tile's core in their place of the picture. */
    void features(int item, Tile tile, FeatureCache to) {
        last.get(item * last.size() / shape.batch()).features(item, tile, to);
    }

    private List<PassRun> runs(Pass pass) {
        return runs.computeIfAbsent(pass, p -> {
            List<PassRun> made = new ArrayList<>();
            // These graphs take a whole batch for one picture; here each tile is a picture of its own.
            int each = p == Pass.KEY || p == Pass.HALTING ? 1 : shape.batch();
            TileShape part = new TileShape(each, shape.width() + 2 * margin, shape.height() + 2 * margin);
            try {
                for (int first = 0; first < shape.batch(); first += each) {
                    PassRun run = owned.own(new PassRun(sessions.of(p), part, first, pictures));
                    run.threshold(sessions.threshold());
                    made.add(run);
                }
            } catch (RuntimeException | OutOfMemoryError e) {
                made.forEach(PassRun::close);
                throw e;
            }
            return made;
        });
    }

    @Override
    public TileShape shape() {
        return shape;
    }

    @Override
    public int margin() {
        return margin;
    }

    @Override
    public @Nullable TilePlanes planes() {
        return pictures.planes();
    }

    @Override
    public FloatBuffer input() {
        return pictures.input();
    }

    @Override
    public FloatBuffer output() {
        return pictures.output();
    }

    @Override
    public ByteBuffer depths() {
        return depths;
    }

    @Override
    public synchronized void close() {
        owned.close();
    }
}
