package io.upflux.pipeline;

/** The steps a frame passes through; each runs on one thread at a time, but for inference, which may run on several. */
public enum Stage {
    /** Demultiplexing, decoding, deinterlacing. */
    DECODE,
    /** Finding out what has changed and what to compute. */
    PLAN,
    /** Cutting tiles and converting planes to network samples. */
    GATHER,
    /** Running the network. */
    INFER,
    /** Converting network samples to planes and joining tiles. */
    COMPOSE,
    /** Encoding and multiplexing. */
    SINK
}
