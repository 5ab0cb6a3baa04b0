package io.upflux.pipeline;

/** Is told how long each piece of work took, on the thread that did it. */
@FunctionalInterface
public interface StageWatcher {
    /** @param nanos that this piece took: a frame, a batch, or the cells of some frames */
    void worked(Stage stage, long nanos);
}
