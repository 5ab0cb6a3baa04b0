package io.upflux.pipeline;

import io.upflux.frame.VideoFrame;

/** What is done about pictures that a network spoils: with values that are no numbers, black or flat areas, or seams. */
public interface Flaws {
    /**
     * A picture was spoilt, and good when it was computed again.
     *
     * @param line what was wrong, naming the network and the picture
     */
    void mended(String line);

    /**
     * A picture was spoilt twice. Called on the thread that composes.
     *
     * @param line what was wrong, naming the network and the picture
     * @param source as decoded; the pipeline's
     * @param upscaled as spoilt, what is no number being black; the pipeline's
     * @return whether the picture is resized instead; otherwise the run fails with a line
     * @throws StreamException to fail with a line of its own
     */
    boolean spoilt(String line, VideoFrame source, VideoFrame upscaled);
}
