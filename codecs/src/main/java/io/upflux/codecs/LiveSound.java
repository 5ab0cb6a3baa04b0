package io.upflux.codecs;

/** What becomes of the sound of a live stream. */
public enum LiveSound {
    /** Copied into each container whose players play it, else AAC. */
    COPY,

    /** Copied where it is AAC, else encoded as AAC: what every player of every container plays. */
    AAC,

    /** Copied where it is Opus, else encoded as Opus: better at low bit rates, played by browsers and most programs. */
    OPUS,

    /** Left out. */
    NONE
}
