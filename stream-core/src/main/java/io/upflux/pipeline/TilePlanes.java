package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Input and output memory of a batch whose resolver converts colour itself, as code values. Frames are the batch's, and
 * valid until it is closed; they state their matrix.
 *
 * @param inputs one for each tile, as large as the batch's shape
 * @param outputs likewise, {@code scale} times as large
 * @param sums of what each output was rounded from: no number where any value of it is none. Absolute access only.
 */
public record TilePlanes(List<VideoFrame> inputs, List<VideoFrame> outputs, FloatBuffer sums) {}
