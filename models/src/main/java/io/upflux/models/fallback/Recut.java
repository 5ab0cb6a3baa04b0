package io.upflux.models.fallback;

import io.upflux.buffer.Closer;
import io.upflux.pipeline.SuperResolver;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.TileShape;
import io.upflux.pipeline.SuperResolver.Traits;
import io.upflux.pipeline.TileBatch;
import io.upflux.pipeline.TilePlanes;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * The tiles of a stroke in other batches, of one tile each. They stay one stroke, since a network in two stages needs the
 * first stage of all before the last of any. One use.
 */
final class Recut implements AutoCloseable {
    private final SuperResolver resolver;
    private final Traits traits;
    private final Closer owned = new Closer();
    private final List<Placed> work = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private int tiles;

    /**
     * What became of a part of a tile.
     *
     * @param item of the batch that the tile is in
     * @param x of the part, in LR pixels of the tile
     * @param core what the part contributes, in LR pixels of the tile
     */
    private record Piece(TileBatch whole, int item, int x, int y, Tile core, TileBatch part) {}

    /**
     * Copies the input.
     *
     * @param resolver that is to compute the pieces
     * @param halved whether tiles are to be cut; squares by themselves are small already
     * @throws io.upflux.pipeline.StreamException when it does not run batches of such shapes
     */
    Recut(SuperResolver resolver, List<Placed> work, boolean halved) {
        this.resolver = resolver;
        this.traits = resolver.traits();
        try {
            for (Placed placed : work) {
                for (int item = 0; item < placed.places().size(); item++) {
                    cut(placed.batch(), item, placed.places().get(item), halved);
                }
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            owned.close();
            throw e;
        }
    }

    /** The same tiles in batches of the resolver's. */
    List<Placed> work() {
        return work;
    }

    /** Whether there are more pieces than tiles. */
    boolean isFiner() {
        return work.size() > tiles;
    }

    private void cut(TileBatch whole, int item, Place place, boolean halved) {
        int width = whole.shape().width();
        int height = whole.shape().height();
        TilePlanes planes = whole.planes();
        int halo = traits.halo() + (planes == null ? 0 : PlanePieces.reach(planes, traits.scale()));
        int align = planes == null ? traits.align() : PlanePieces.align(planes, traits.align());
        List<Tile> parts = List.of(new Tile(0, 0, 0, 0, width, height));
        TileShape shape = new TileShape(1, width, height);
        if (whole.margin() == 0) {
            int columns = halved ? half(width, halo, align) : width;
            int rows = halved ? half(height, halo, align) : height;
            // A network of fixed batches gets one that is not full.
            shape = new TileShape(resolver.tileFor(columns, rows).batch(), columns, rows);
            if (halved) {
                parts = TilePlan.cover(width, height, columns, rows, halo, align)
                        .tiles();
            }
        }
        tiles++;
        Tile tile = place.tile();
        for (Tile part : parts) {
            Tile core = common(part, tile);
            if (core.coreWidth() > 0 && core.coreHeight() > 0) {
                TileBatch batch = owned.own(whole.margin() == 0 ? resolver.newBatch(shape) : resolver.newCells(shape));
                Piece piece = new Piece(whole, item, part.x(), part.y(), core, batch);
                pieces.add(piece);
                fill(piece);
                Tile placed = new Tile(
                        tile.x() + part.x(),
                        tile.y() + part.y(),
                        tile.x() + core.coreX(),
                        tile.y() + core.coreY(),
                        core.coreWidth(),
                        core.coreHeight());
                work.add(new Placed(batch, List.of(new Place(place.picture(), placed))));
            }
        }
    }

    /** Half a side with its halo, where that is shorter and leaves a core. */
    private static int half(int side, int halo, int align) {
        int margin = TilePlan.roundUp(halo, align);
        int half = TilePlan.roundUp((side + 1) / 2, align) + margin;
        return half >= side || half - 2 * margin < align ? side : half;
    }

    /** What a part contributes to a tile's core, in pixels of the tile. */
    private static Tile common(Tile part, Tile tile) {
        int left = Math.max(part.coreX(), tile.coreX() - tile.x());
        int top = Math.max(part.coreY(), tile.coreY() - tile.y());
        int right = Math.min(part.coreX() + part.coreWidth(), tile.coreX() - tile.x() + tile.coreWidth());
        int bottom = Math.min(part.coreY() + part.coreHeight(), tile.coreY() - tile.y() + tile.coreHeight());
        return new Tile(part.x(), part.y(), left, top, right - left, bottom - top);
    }

    private void fill(Piece piece) {
        TileBatch whole = piece.whole();
        TileBatch part = piece.part();
        TilePlanes planes = whole.planes();
        if (planes != null) {
            PlanePieces.read(planes, piece.item(), piece.x(), piece.y(), part, traits);
            return;
        }
        int around = 2 * whole.margin();
        int width = whole.shape().width() + around;
        int height = whole.shape().height() + around;
        int columns = part.shape().width() + around;
        int rows = part.shape().height() + around;
        for (int channel = 0; channel < traits.channels(); channel++) {
            int from = (piece.item() * traits.channels() + channel) * height;
            for (int y = 0; y < rows; y++) {
                part.input()
                        .put(
                                (channel * rows + y) * columns,
                                whole.input(),
                                (from + piece.y() + y) * width + piece.x(),
                                columns);
            }
        }
    }

    /** Brings what was computed to where it was asked for. */
    void collect() {
        for (Piece piece : pieces) {
            TilePlanes planes = piece.whole().planes();
            if (planes == null) {
                copy(piece);
            } else {
                Tile core = piece.core();
                PlanePieces.write(piece.part(), piece.x(), piece.y(), core, planes, piece.item(), traits);
            }
            depths(piece);
        }
    }

    private void copy(Piece piece) {
        int scale = traits.scale();
        int width = piece.whole().shape().width() * scale;
        int height = piece.whole().shape().height() * scale;
        int columns = piece.part().shape().width() * scale;
        int rows = piece.part().shape().height() * scale;
        Tile core = piece.core();
        int left = (core.coreX() - piece.x()) * scale;
        int top = (core.coreY() - piece.y()) * scale;
        for (int channel = 0; channel < traits.channels(); channel++) {
            int to = (piece.item() * traits.channels() + channel) * height + core.coreY() * scale;
            for (int y = 0; y < core.coreHeight() * scale; y++) {
                piece.whole()
                        .output()
                        .put(
                                (to + y) * width + core.coreX() * scale,
                                piece.part().output(),
                                (channel * rows + top + y) * columns + left,
                                core.coreWidth() * scale);
            }
        }
    }

    /** Windows never straddle cores of parts, which are aligned to them where any halts; squares are not, and not cut. */
    private void depths(Piece piece) {
        int window = traits.window();
        if (window == 0 || piece.part().depths().capacity() == 0) {
            return;
        }
        if (piece.whole().margin() > 0) {
            int each = piece.part().depths().capacity();
            piece.whole().depths().put(piece.item() * each, piece.part().depths(), 0, each);
            return;
        }
        Tile core = piece.core();
        int width = piece.whole().shape().width() / window;
        int height = piece.whole().shape().height() / window;
        int columns = piece.part().shape().width() / window;
        int left = core.coreX() / window;
        int right = (core.coreX() + core.coreWidth() + window - 1) / window;
        for (int y = core.coreY() / window; y < (core.coreY() + core.coreHeight() + window - 1) / window; y++) {
            piece.whole()
                    .depths()
                    .put(
                            (piece.item() * height + y) * width + left,
                            piece.part().depths(),
                            (y - piece.y() / window) * columns + left - piece.x() / window,
                            right - left);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
