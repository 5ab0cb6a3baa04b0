package io.upflux.pipeline;

import io.upflux.colour.TileReader;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.tile.Tile;
import io.upflux.tile.TilePlan;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares patches of an upscaled picture, and strips along the borders of its tiles, with the source at the same place.
 * Whatever a network may do to detail and grain, means of 4x4 pixels stay, and no line stands where the source is smooth.
 * One thread.
 */
final class FlawSearch {
    /** Patches in each direction. */
    private static final int GRID = 8;

    /** Side of a patch in LR pixels, and of its blocks. */
    private static final int PATCH = 16;

    private static final int BLOCK = 4;
    private static final int BLOCKS = PATCH / BLOCK * (PATCH / BLOCK);

    /** Deviation of means, as a part of white, from which on a patch is not flat; and how much of it must be left. */
    private static final double CONTRAST = 0.03;

    private static final double LEFT = 0.125;

    /** By how much the mean of a patch must be off that is black or white, as a part of white. */
    private static final double SHIFT = 0.2;

    /** How near to black or white its mean must be; networks may change brightness on purpose. */
    private static final double EXTREME = 0.03;

    /** So many patches must be spoilt, or half of those that could be. */
    private static final int PATCHES = 3;

    /** LR pixels on each side of a border that are looked at. */
    private static final int STRIP = 4;

    /** A step at a border is one of a seam when it exceeds all steps of the source near it by this part of white. */
    private static final double STEP = 0.02;

    /** In so many of a border's rows there must be one, and in hardly any beside it. */
    private static final double MOST_ROWS = 0.6;

    private static final double FEW_ROWS = 0.3;

    /** Borders are looked at in pieces of so many LR pixels. */
    private static final int PIECE = 64;

    /** Pieces of one look, which go around: all of those of a large picture would hold up a live stream. */
    private static final int PIECES = 8;

    private final TileReader sources;
    private final TileReader results;
    private final int width;
    private final int height;
    private final int scale;
    private final List<Piece> pieces;
    private int next;

    /** @param plan of pictures that are computed whole */
    FlawSearch(FrameFormat from, FrameFormat to, TilePlan plan) {
        this.sources = new TileReader(from, 1);
        this.results = new TileReader(to, 1);
        this.width = from.width();
        this.height = from.height();
        this.scale = to.width() / from.width();
        this.pieces = pieces(plan);
    }

    /**
     * A strip along a border between tiles.
     *
     * @param x of its corner, in LR pixels
     * @param across whether the border runs down its middle
     */
    private record Piece(int x, int y, boolean across) {}

    private List<Piece> pieces(TilePlan plan) {
        List<Piece> all = new ArrayList<>();
        for (Tile tile : plan.tiles()) {
            int right = Math.min(tile.coreX() + tile.coreWidth(), width);
            int bottom = Math.min(tile.coreY() + tile.coreHeight(), height);
            if (tile.coreX() >= STRIP && tile.coreX() <= width - STRIP) {
                for (int y = tile.coreY(); y + PIECE <= bottom; y += PIECE) {
                    all.add(new Piece(tile.coreX() - STRIP, y, true));
                }
            }
            if (tile.coreY() >= STRIP && tile.coreY() <= height - STRIP) {
                for (int x = tile.coreX(); x + PIECE <= right; x += PIECE) {
                    all.add(new Piece(x, tile.coreY() - STRIP, false));
                }
            }
        }
        return all;
    }

    /**
     * What is wrong with a picture, for people; null for nothing that is seen at a look.
     *
     * @param whole whether it was computed in the plan's tiles
     */
    @Nullable
    String flaw(VideoFrame source, VideoFrame upscaled, boolean whole) {
        String flaw = patches(source, upscaled);
        for (int i = 0; flaw == null && whole && i < Math.min(PIECES, pieces.size()); i++) {
            next = (next + 1) % pieces.size();
            flaw = seam(source, upscaled, pieces.get(next));
        }
        return flaw;
    }

    /** As {@link #flaw}, of a picture that was computed whole, all over. */
    @Nullable
    String anyFlaw(VideoFrame source, VideoFrame upscaled) {
        String flaw = patches(source, upscaled);
        for (int i = 0; flaw == null && i < pieces.size(); i++) {
            flaw = seam(source, upscaled, pieces.get(i));
        }
        return flaw;
    }

    private @Nullable String patches(VideoFrame source, VideoFrame upscaled) {
        if (width < PATCH || height < PATCH) {
            return null;
        }
        int columns = Math.min(GRID, width / PATCH);
        int rows = Math.min(GRID, height / PATCH);
        int contrasty = 0;
        int flat = 0;
        int shifted = 0;
        for (int i = 0; i < columns * rows; i++) {
            int x = place(i % columns, columns, width);
            int y = place(i / columns, rows, height);
            double[] had = blocks(sources, source, x, y, 1);
            double[] has = blocks(results, upscaled, x * scale, y * scale, scale);
            double contrast = deviation(had);
            if (contrast > CONTRAST) {
                contrasty++;
                flat += deviation(has) < LEFT * contrast ? 1 : 0;
            }
            double mean = mean(has);
            boolean extreme = mean < EXTREME || mean > 1 - EXTREME;
            shifted += extreme && Math.abs(mean - mean(had)) > SHIFT ? 1 : 0;
        }
        if (flat >= Math.min(PATCHES, (contrasty + 1) / 2) && flat > 0) {
            return "is flat where the source is not";
        }
        int enough = Math.min(PATCHES, (columns * rows + 1) / 2);
        return shifted >= enough ? "is black or white where the source is not" : null;
    }

    /** Even, as chroma is. */
    private static int place(int index, int count, int length) {
        return count == 1 ? 0 : (int) ((long) index * (length - PATCH) / (count - 1)) / 2 * 2;
    }

    private static double[] blocks(TileReader reader, VideoFrame frame, int x, int y, int scale) {
        int side = PATCH * scale;
        float[] samples = read(reader, frame, x, y, side, side);
        double[] means = new double[BLOCKS];
        int block = BLOCK * scale;
        for (int i = 0; i < samples.length; i++) {
            int at = i / side / block * (PATCH / BLOCK) + i % side / block;
            means[at] += samples[i] / ((double) block * block);
        }
        return means;
    }

    private @Nullable String seam(VideoFrame source, VideoFrame upscaled, Piece piece) {
        if (!isSeam(source, upscaled, piece.x(), piece.y(), piece.across())) {
            return null;
        }
        return piece.across()
                ? "has a seam between tiles at x = " + (piece.x() + STRIP) * scale
                : "has a seam between tiles at y = " + (piece.y() + STRIP) * scale;
    }

    /** @param across whether the border runs down the middle of the strip */
    private boolean isSeam(VideoFrame source, VideoFrame upscaled, int x, int y, boolean across) {
        float[] had = strip(sources, source, x, y, 1, across);
        float[] has = strip(results, upscaled, x * scale, y * scale, scale, across);
        int length = 2 * STRIP;
        int fine = length * scale;
        int middle = STRIP * scale;
        int at = 0;
        int beside = 0;
        for (int row = 0; row < PIECE * scale; row++) {
            double largest = 0;
            for (int near = Math.max(0, row / scale - 1); near <= Math.min(PIECE - 1, row / scale + 1); near++) {
                for (int i = 1; i < length; i++) {
                    largest = Math.max(largest, Math.abs(had[near * length + i] - had[near * length + i - 1]));
                }
            }
            double most = largest + STEP;
            int start = row * fine + middle;
            at += Math.abs(has[start] - has[start - 1]) > most ? 1 : 0;
            beside += Math.abs(has[start - scale] - has[start - scale - 1]) > most
                            || Math.abs(has[start + scale] - has[start + scale - 1]) > most
                    ? 1
                    : 0;
        }
        double rows = PIECE * scale;
        return at > MOST_ROWS * rows && beside < FEW_ROWS * rows;
    }

    /** Rows across the border, one after the other. */
    private static float[] strip(TileReader reader, VideoFrame frame, int x, int y, int scale, boolean across) {
        int width = 2 * STRIP * scale;
        int length = PIECE * scale;
        if (across) {
            return read(reader, frame, x, y, width, length);
        }
        float[] lying = read(reader, frame, x, y, length, width);
        float[] standing = new float[lying.length];
        for (int i = 0; i < lying.length; i++) {
            standing[i % length * width + i / length] = lying[i];
        }
        return standing;
    }

    private static float[] read(TileReader reader, VideoFrame frame, int x, int y, int width, int height) {
        float[] samples = new float[width * height];
        reader.read(frame, x, y, width, height, FloatBuffer.wrap(samples), 0);
        return samples;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / values.length);
    }
}
