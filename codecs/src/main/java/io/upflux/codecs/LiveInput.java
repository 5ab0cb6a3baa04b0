package io.upflux.codecs;

import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.pipeline.FrameSource;

/** What a {@link LiveOutput} takes pictures and sound from. */
public abstract sealed class LiveInput implements FrameSource permits MediaSource, RelayedSource {
    /** What a sink takes along; from now on, packets of the sound are kept for it. One of several sinks gets all of them, too. */
    abstract Carriage sharedCarriage();
}
