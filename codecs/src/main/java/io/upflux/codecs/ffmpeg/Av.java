package io.upflux.codecs.ffmpeg;

import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Return codes, times and texts of FFmpeg's C interface. */
public final class Av {
    public static final long NO_PTS = avutil.AV_NOPTS_VALUE;
    public static final int END = avutil.AVERROR_EOF;
    public static final int AGAIN = avutil.AVERROR_EAGAIN();

    /** Ticks a second of FFmpeg's internal time base. */
    public static final long MICROS = 1_000_000;

    private static final int ERROR_TEXT = 256;

    static {
        AvLog.install();
    }

    private Av() {}

    /**
     * Passes a return code on when it is no error.
     *
     * @param what beginning of the message: the file and what was tried
     * @throws StreamException {@code what: error text}
     */
    public static int check(int code, String what) {
        if (code < 0) {
            throw new StreamException(what + ": " + text(code));
        }
        return code;
    }

    /** As {@link #check} for functions that return memory. */
    public static <T> T allocated(@Nullable T memory, String what) {
        if (memory == null) {
            throw new StreamException(what + ": out of memory");
        }
        return memory;
    }

    /** FFmpeg's text for an error code. */
    public static String text(int code) {
        byte[] text = new byte[ERROR_TEXT];
        avutil.av_strerror(code, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** A C string, or null for a null pointer. */
    public static @Nullable String string(@Nullable BytePointer pointer) {
        return pointer == null || pointer.isNull() ? null : pointer.getString(StandardCharsets.UTF_8);
    }

    /** @return {@link Rational#UNKNOWN} for 0/x and x/0 */
    public static Rational rational(AVRational value) {
        if (value.num() == 0 || value.den() == 0) {
            return Rational.UNKNOWN;
        }
        return value.den() > 0 ? new Rational(value.num(), value.den()) : new Rational(-value.num(), -value.den());
    }

    /** A struct to pass to C; freed with the garbage collector's help, since it owns 8 bytes. */
    public static AVRational rational(Rational value) {
        Rational reduced = value.reduced();
        return new AVRational().num(Math.toIntExact(reduced.num())).den(Math.toIntExact(reduced.den()));
    }

    /** Ticks of one time base in another, rounded to nearest; {@link #NO_PTS} stays. */
    public static long rescale(long ticks, Rational from, Rational to) {
        if (ticks == NO_PTS) {
            return NO_PTS;
        }
        return avutil.av_rescale(
                ticks, Math.multiplyExact(from.num(), to.den()), Math.multiplyExact(from.den(), to.num()));
    }
}
