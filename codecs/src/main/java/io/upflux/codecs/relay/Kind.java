package io.upflux.codecs.relay;

/** What a message is: a byte, then four with the length of what follows, and that. */
enum Kind {
    /** What all pictures and the sound have in common; the first one but for notices. */
    HEADER,
    /** Time stamp, duration, and the rows of all planes without gaps. */
    PICTURE,
    /** A packet of the sound, as the source has it. */
    SOUND,
    /** Samples of the sound. */
    SAMPLES,
    /** The source is being read, though nothing came of it for a while. */
    ALIVE,
    INFO,
    WARNING,
    /** Why there is no more; the last one. */
    FAILURE,
    /** There is no more; the last one. */
    END;

    /** No text, packet or header is longer, bytes. */
    static final int MOST = 4 << 20;

    private static final Kind[] KINDS = values();

    /** @param code as received */
    static Kind of(int code) {
        if (code < 0 || code >= KINDS.length) {
            throw new MalformedMessage("a message of kind " + code);
        }
        return KINDS[code];
    }
}
