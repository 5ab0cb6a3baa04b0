package io.upflux.server.preview;

import java.util.Locale;

/** What a picture of a preview shows. */
public enum PreviewKind {
    /** The decoded picture. */
    SOURCE,
    /** The picture that was made from it. */
    UPSCALED,
    /**
     * What became of each 8x8 window of the source, one pixel a window, as PNG: red is how much was reused (0 kept, 85
     * updated, 170 computed, 255 new), green the share of the network's blocks that computed it (0 where it does not
     * halt, else 255 times blocks by all).
     */
    MAP;

    /** In lower case, as clients and files name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
