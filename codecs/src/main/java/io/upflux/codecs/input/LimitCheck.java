package io.upflux.codecs.input;

import io.upflux.codecs.InputLimits;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avutil;

/** What an input says of itself, against what is taken. */
final class LimitCheck {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    private LimitCheck() {}

    /**
     * @param stream of the video
     * @throws StreamException when there is too much of something
     */
    static void refuseBeyond(InputLimits limits, Demuxer demuxer, AVStream stream) {
        int streams = demuxer.context().nb_streams();
        if (streams > limits.streams()) {
            throw new StreamException(demuxer.name() + ": has " + streams + " streams, of which at most "
                    + limits.streams() + " are taken (--max-streams, limits.streams)");
        }
        refuseBeyond(
                limits, demuxer, stream.codecpar().width(), stream.codecpar().height());
        Rational rate = Av.rational(stream.avg_frame_rate());
        if (rate.isKnown() && rate.num() > limits.rate() * rate.den()) {
            throw new StreamException(String.format(
                    Locale.ROOT,
                    "%s: has %.0f frames a second, of which at most %.0f are taken (--max-frame-rate, limits.frameRate)",
                    demuxer.name(),
                    (double) rate.num() / rate.den(),
                    limits.rate()));
        }
        long micros = demuxer.context().duration();
        if (limits.duration() != null
                && micros != Av.NO_PTS
                && micros > limits.duration().toMillis() * 1000) {
            throw tooLong(demuxer.name(), limits.duration());
        }
    }

    private static void refuseBeyond(InputLimits limits, Demuxer demuxer, int width, int height) {
        if ((long) width * height > limits.pixels()) {
            throw new StreamException(demuxer.name() + ": has pictures of " + width + "x" + height
                    + ", of which at most " + limits.pixels() + " pixels are taken (--max-pixels, limits.pixels)");
        }
    }

    /**
     * Tells why nothing of a file could be decoded, where that is its size: of a still picture that is larger than FFmpeg
     * decodes, it does not say how large it is.
     *
     * @throws StreamException when there is too much of it
     */
    static void refuseLargePicture(InputLimits limits, Demuxer demuxer) {
        Path file = demuxer.file();
        HeaderSize size = demuxer.isPicture() && file != null ? HeaderSize.of(file) : null;
        if (size == null) {
            return;
        }
        refuseBeyond(limits, demuxer, size.width(), size.height());
        if (avutil.av_image_check_size(size.width(), size.height(), 0, null) < 0) {
            throw new StreamException(demuxer.name() + ": has pictures of " + size.width() + "x" + size.height()
                    + ", more than FFmpeg decodes");
        }
    }

    /** In ticks of the video, the last time at which one of its packets may be due. */
    static long lastTicks(InputLimits limits, Demuxer demuxer, AVStream stream) {
        Duration duration = limits.duration();
        if (duration == null) {
            return Long.MAX_VALUE;
        }
        long micros = Math.addExact(demuxer.startMicros(), Math.multiplyExact(1000, duration.toMillis()));
        return Av.rescale(micros, MICROS, Av.rational(stream.time_base()));
    }

    static StreamException tooLong(String name, Duration most) {
        String seconds =
                BigDecimal.valueOf(most.toMillis(), 3).stripTrailingZeros().toPlainString();
        return new StreamException(name + ": is longer than " + seconds
                + " s, which is all that is taken (--max-duration, limits.duration)");
    }
}
