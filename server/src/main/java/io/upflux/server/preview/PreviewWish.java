package io.upflux.server.preview;

import io.upflux.codecs.PictureType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How somebody wishes to see a stream.
 *
 * @param kinds pictures of the same frame
 * @param region part of the picture; null for all of it
 * @param size the longer side is not to exceed, in pixels; 0 for any
 * @param type of source and upscaled pictures
 */
public record PreviewWish(Set<PreviewKind> kinds, @Nullable Region region, int size, PictureType type) {
    /** The upscaled picture as it is. */
    public static final PreviewWish UPSCALED = new PreviewWish(Set.of(PreviewKind.UPSCALED), null, 0, PictureType.JPEG);

    public PreviewWish {
        kinds = Set.copyOf(kinds);
    }
}
