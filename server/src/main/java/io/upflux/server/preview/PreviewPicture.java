package io.upflux.server.preview;

import io.upflux.codecs.PictureType;
import java.nio.ByteBuffer;

/**
 * One encoded picture.
 *
 * @param width in its own pixels
 * @param height in its own pixels
 * @param region what it shows, in pixels of the whole upscaled picture; that of a map may end beyond it
 * @param bytes on the heap, read-only
 */
public record PreviewPicture(
        PreviewKind kind, PictureType type, int width, int height, Region region, ByteBuffer bytes) {}
