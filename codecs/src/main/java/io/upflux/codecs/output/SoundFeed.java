package io.upflux.codecs.output;

import io.upflux.frame.Rational;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Where the packets of a {@link SoundTrack} are made. One thread. */
interface SoundFeed extends AutoCloseable {
    /** Copies what a muxer must know about the packets that come out. */
    void describeTo(AVCodecParameters parameters);

    /** Of the packets that come out. */
    Rational timeBase();

    /** Takes a packet of the source; the caller frees it. */
    void accept(AVPacket packet);

    /** Is told that all before an instant, in {@link #timeBase()}, is wanted now. */
    default void reach(long until) {}

    @Override
    void close();
}
