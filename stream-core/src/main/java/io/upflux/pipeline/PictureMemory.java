package io.upflux.pipeline;

/**
 * What a resolver keeps of the pictures of one stream, so that squares of the next one can be computed by themselves:
 * features between two stages of a network. Made by {@link SuperResolver#newMemory} and understood by the resolver that
 * made it alone. Used by one call at a time.
 */
public interface PictureMemory extends AutoCloseable {
    /** Of a resolver that needs none. */
    PictureMemory NONE = () -> {};

    @Override
    void close();
}
