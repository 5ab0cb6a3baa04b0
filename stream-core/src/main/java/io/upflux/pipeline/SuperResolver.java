package io.upflux.pipeline;

import io.upflux.frame.FrameFormat;
import io.upflux.reuse.Origins;
import io.upflux.tile.Tile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes pictures larger: a network session or a resizer. Works on batches of equally shaped tiles of network samples;
 * cutting, colour and joining are the pipeline's. Pipelines may use the same one, together in {@link #lanes} calls at once;
 * {@link #interrupt()} is felt by all of them, and it is closed after the last.
 */
public interface SuperResolver extends AutoCloseable {
    /** What a pipeline must know to feed it. */
    Traits traits();

    /**
     * The tile shape it would like for frames of this size. Tiles never exceed the frame rounded up to
     * {@link Traits#align}, unless the resolver's shape is fixed.
     */
    TileShape tileFor(int frameWidth, int frameHeight);

    /**
     * Allocates one batch with its input and output memory. The caller closes it, before this resolver.
     *
     * @throws StreamException when the shape cannot be run
     */
    TileBatch newBatch(TileShape shape);

    /**
     * Whether it converts colour itself, where that is sooner done than by a pipeline. May try it out; blocks.
     *
     * @param from format of frames
     * @param to format of upscaled frames
     */
    default boolean takesPlanes(FrameFormat from, FrameFormat to) {
        return false;
    }

    /**
     * As {@link #newBatch(TileShape)}, with {@link TileBatch#planes} where {@link #takesPlanes} has said so of these formats and
     * the sides of the shape are multiples of the chroma subsampling; else of samples. What becomes of a tile is what would of
     * its samples, but for rounding, and for chroma at its edge, which is not interpolated with what lies beyond: the halo is
     * to be wider by {@link io.upflux.colour.TileReader#reach}.
     *
     * @throws StreamException when the shape cannot be run
     */
    default TileBatch newBatch(TileShape shape, FrameFormat from, FrameFormat to) {
        return newBatch(shape);
    }

    /**
     * The batch of equal tiles from which it makes the context of a frame of this size; they are to be spread over the
     * frame. Empty when the network is local. Where one tile holds the whole frame, it does without, too.
     */
    default Optional<TileShape> samples(int frameWidth, int frameHeight) {
        return Optional.empty();
    }

    /**
     * Allocates one batch for {@link #look}, whose output nobody reads. The caller closes it, before this resolver.
     *
     * @param shape of {@link #samples}
     * @throws StreamException when the shape cannot be run
     */
    default TileBatch newSamples(TileShape shape) {
        return newBatch(shape);
    }

    /**
     * Makes the context of one picture from {@link TileBatch#input()}, all of whose tiles are the picture's. Blocks;
     * counts as one of {@link #lanes}.
     *
     * @param samples one of {@link #newSamples}
     * @throws StreamException when inference fails
     */
    default PictureContext look(TileBatch samples) {
        return PictureContext.NONE;
    }

    /**
     * As {@link #look(TileBatch)}, for a resolver whose calls wait for each other.
     *
     * @param deadline as of a {@link Stroke}
     */
    default PictureContext look(TileBatch samples, long deadline) {
        return look(samples);
    }

    /**
     * How it computes squares of a picture by themselves; empty where only whole tiles can be computed, or what must be kept
     * for squares of such a picture would not fit into memory.
     *
     * @param frameWidth in LR pixels, rounded up to {@link Traits#align} as tiles cover it
     * @param frameHeight likewise
     */
    default Optional<Cells> cells(int frameWidth, int frameHeight) {
        return Optional.empty();
    }

    /**
     * Allocates one batch of squares, whose input reaches {@link TileBatch#margin} beyond them. The caller closes it,
     * before this resolver.
     *
     * @param shape of the squares themselves
     * @throws StreamException when the shape cannot be run, as all where {@link Cells#margin} is 0
     */
    default TileBatch newCells(TileShape shape) {
        throw new StreamException(traits().name() + ": computes whole tiles only");
    }

    /**
     * How many {@link #upscale} and {@link #look} calls may run at once, each with a batch of its own. More than one where a call alone
     * cannot keep the processors busy, since its parts wait for each other.
     */
    default int lanes() {
        return 1;
    }

    /**
     * Fills {@link TileBatch#output()}, and {@link TileBatch#depths()} where it halts, from {@link TileBatch#input()}.
     * Blocks.
     *
     * @param batch one of {@link #newBatch} or {@link #newCells}
     * @param context of the picture that all tiles are of; {@link PictureContext#NONE} where {@link #samples} is empty
     * @throws StreamException when inference fails
     */
    void upscale(TileBatch batch, PictureContext context);

    /**
     * As {@link #upscale(TileBatch, PictureContext)}, of some batches one after the other, for a resolver whose squares
     * need more than their own pixels: what it made of the pixels around them, in this picture or an earlier one.
     *
     * @param work tiles and squares of some pictures of one stream
     * @param origins of these pictures, in order, where {@link Cells#depths} asks for them; the same one again for a picture
     *     whose tiles come in several calls
     * @param memory of the stream; what this call computes is in it afterwards
     * @throws StreamException when inference fails
     */
    default void upscale(List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory) {
        for (Placed placed : work) {
            upscale(placed.batch(), context);
        }
    }

    /**
     * As {@link #upscale(List, List, PictureContext, PictureMemory)}, of one stream or of several at once, of which what is
     * alike may be computed together. What a stream gets does not depend on the others, but for rounding.
     *
     * @param strokes each of another stream; more than one only of those that {@link #companions} has chosen
     * @throws StreamException when inference fails, of whichever
     */
    default void upscale(List<Stroke> strokes) {
        for (Stroke stroke : strokes) {
            upscale(stroke.work(), stroke.origins(), stroke.context(), stroke.memory());
        }
    }

    /**
     * Chooses what it would rather compute together with a stroke than one after the other. Returns at once; any thread.
     *
     * @param waiting strokes of other streams, the most urgent first
     * @return some of these, in this order
     */
    default List<Stroke> companions(Stroke first, List<Stroke> waiting) {
        return List.of();
    }

    /**
     * Allocates what is kept from picture to picture of one stream. The caller closes it, before this resolver.
     *
     * @param frameWidth as for {@link #cells}, which are not empty
     * @param frameHeight likewise
     * @throws StreamException when there is no memory for it
     */
    default PictureMemory newMemory(int frameWidth, int frameHeight) {
        return PictureMemory.NONE;
    }

    /** Makes running {@link #upscale} and {@link #look} calls return soon, with an error, where the runtime can. Any thread. */
    void interrupt();

    /** As {@link #interrupt()}, of the call that this thread is in. */
    default void interrupt(Thread caller) {}

    @Override
    void close();

    /**
     * Fixed facts of a resolver.
     *
     * @param name catalogue name, such as {@code plain-s-x2}
     * @param scale factor in both directions, 1 or more
     * @param channels 3 for R, G, B planes, 1 for luma only (chroma and alpha are then resized)
     * @param align tile sides must be multiples of this, in LR pixels
     * @param halo LR pixels around a tile's core that influence it; outside the picture the resolver pads itself
     * @param provider what runs it, for people: {@code cpu}, {@code cuda:0}, {@code java}
     * @param precision arithmetic, for people: {@code fp32}, {@code fp16}, {@code int8}
     * @param window side in LR pixels of the square windows that halt each by itself, of which {@code align} is a multiple;
     *     0 where none halts
     * @param blocks how many blocks a window may pass through at most, 0 where none halts
     */
    record Traits(
            String name,
            int scale,
            int channels,
            int align,
            int halo,
            String provider,
            String precision,
            int window,
            int blocks) {
        /** Refuses windows that would not lie in one tile each. */
        public Traits {
            if (window > 0 && align % window != 0) {
                throw new IllegalArgumentException(
                        name + ": tiles aligned to " + align + " would cut windows of " + window);
            }
        }

        /** What kind of device runs it: the provider without the number of one of several. */
        public String kind() {
            int colon = provider.indexOf(':');
            return colon < 0 ? provider : provider.substring(0, colon);
        }

        /** Whether it leaves the processor to others while it computes. */
        public boolean onGpu() {
            return kind().equals("cuda") || kind().equals("tensorrt");
        }
    }

    /**
     * How squares of a picture are computed by themselves. What comes out of a square is what a tile gives whose core it
     * is, but for rounding.
     *
     * @param sides of the squares that are worth it, in LR pixels, each twice the one before
     * @param margin LR pixels around a square that {@link #newCells} batches take in; where this is 0, squares are computed
     *     as cores of tiles
     * @param costs what a square of each side costs by itself, in pixels of a whole picture; empty where margin is 0
     * @param atEdge what a square costs whose margin reaches beyond the picture, whose edge repeats there, where one inside
     *     costs 1; 0 where such squares are computed as cores of tiles
     * @param opening what it costs, in pixels of a whole picture, to get ready for squares once
     * @param samples as {@link #samples}, of pictures of which squares are computed; null when the network is local
     * @param depths whether it keeps how deep each window went, and wants to be told where their content came from
     * @param pixelSeconds how long a pixel of a whole picture takes; 0 where nobody has measured it
     */
    record Cells(
            List<Integer> sides,
            int margin,
            List<Double> costs,
            double atEdge,
            double opening,
            @Nullable TileShape samples,
            boolean depths,
            double pixelSeconds) {
        /** Of a local network that computes all windows alike. */
        public Cells(List<Integer> sides, int margin, List<Double> costs) {
            this(sides, margin, costs, 0, 0, null, false, 0);
        }

        /** Refuses squares without a cost. */
        public Cells {
            sides = List.copyOf(sides);
            costs = List.copyOf(costs);
            if (margin > 0 && costs.size() != sides.size()) {
                throw new IllegalArgumentException("squares of " + sides + " cannot cost " + costs);
            }
        }
    }

    /**
     * A batch and where its tiles lie.
     *
     * @param places of its tiles, in their order; as many as it is filled with
     */
    record Placed(TileBatch batch, List<Place> places) {}

    /**
     * A tile of a picture.
     *
     * @param picture which one of those that are worked on together, in their order
     */
    record Place(int picture, Tile tile) {}

    /**
     * What is computed of one stream at a stroke.
     *
     * @param work tiles and squares of some pictures of the stream
     * @param origins of these pictures
     * @param context of these pictures
     * @param memory of the stream
     * @param deadline when it should be there, in nanoseconds of {@link System#nanoTime}; what else waits for the resolver
     *     and is due earlier goes first
     */
    record Stroke(
            List<Placed> work, List<Origins> origins, PictureContext context, PictureMemory memory, long deadline) {
        /** Of what nobody waits for. */
        public static final long NO_DEADLINE = Long.MAX_VALUE;
    }

    /**
     * Shape of a batch of tiles.
     *
     * @param batch tiles a batch
     * @param width tile width in LR pixels, halo included
     * @param height tile height in LR pixels, halo included
     */
    record TileShape(int batch, int width, int height) {}
}
