package io.upflux.codecs.input;

import io.upflux.codecs.InputLimits;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.Locale;
import org.bytedeco.ffmpeg.avformat.AVStream;

/** What an input says of itself, against what is taken. */
final class LimitCheck {
    private LimitCheck() {}

    /**
     * @param stream of the video
     * @throws StreamException when there is too much of something
     */
    static void refuseBeyond(InputLimits limits, Demuxer demuxer, AVStream stream) {
        int streams = demuxer.context().nb_streams();
        if (streams > limits.streams()) {
            throw new StreamException(demuxer.name() + ": has " + streams + " streams, of which at most "
                    + limits.streams() + " are taken");
        }
        int width = stream.codecpar().width();
        int height = stream.codecpar().height();
        if ((long) width * height > limits.pixels()) {
            throw new StreamException(demuxer.name() + ": has pictures of " + width + "x" + height
                    + ", of which at most " + limits.pixels() + " pixels are taken");
        }
        Rational rate = Av.rational(stream.avg_frame_rate());
        if (rate.isKnown() && rate.num() > limits.rate() * rate.den()) {
            throw new StreamException(String.format(
                    Locale.ROOT,
                    "%s: has %.0f frames a second, of which at most %.0f are taken",
                    demuxer.name(),
                    (double) rate.num() / rate.den(),
                    limits.rate()));
        }
    }
}
