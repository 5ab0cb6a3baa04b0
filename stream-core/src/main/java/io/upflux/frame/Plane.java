package io.upflux.frame;

import java.nio.ByteBuffer;

/**
 * One plane of samples in direct memory of native byte order. Row {@code y} starts at byte {@code y * stride}.
 *
 * @param data view of the plane, position 0 at its first sample; valid only while its frame is owned
 * @param stride bytes from one row to the next, at least {@code width * bytesPerSample}
 * @param width in samples
 * @param height in rows
 */
public record Plane(ByteBuffer data, int stride, int width, int height) {}
