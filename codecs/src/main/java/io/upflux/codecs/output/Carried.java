package io.upflux.codecs.output;

import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** One stream of the input on its way into the output, copied or converted. */
interface Carried extends AutoCloseable {
    /** Takes one packet of the input stream, in its time base, shifted to the output's zero; the caller frees it. */
    void accept(AVPacket packet);

    /** No more packets come; everything held back goes out. */
    void finish();

    @Override
    void close();
}
