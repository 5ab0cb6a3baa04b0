package io.upflux.pipeline;

/**
 * What a network has seen of one whole picture, and lends to all of its tiles: prototypes, pooled kernels. Made by
 * {@link SuperResolver#look} and understood by the resolver that made it alone. Immutable, on the Java heap, free to
 * share between threads and to keep.
 */
public interface PictureContext {
    /** Of a network that needs none, or that sees the whole picture in its one tile. */
    PictureContext NONE = new PictureContext() {
        @Override
        public String toString() {
            return "no context";
        }
    };
}
