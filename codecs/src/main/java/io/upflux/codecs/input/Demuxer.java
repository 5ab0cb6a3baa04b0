package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.codecs.ffmpeg.Interrupts;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** An opened container: its streams and, one after the other, its packets. One thread, except {@link #interrupt}. */
public final class Demuxer implements AutoCloseable {
    /** Text files that FFmpeg would gladly show as a terminal's screen. */
    private static final Set<String> TEXT_FORMATS = Set.of("tty", "bin", "xbin", "adf", "idf");

    /** Damaged packets in a row after which a damaged input counts as ended. */
    private static final int PATIENCE = 50;

    private final Location location;
    private final InputOptions options;
    private final Interrupts interrupts = new Interrupts();
    private final AVFormatContext context;
    private int damaged;
    private boolean closed;

    public Demuxer(String name, InputOptions options) {
        this.options = options;
        AVFormatContext opened = null;
        try {
            this.location = Location.of(name);
            opened = open();
            this.context = opened;
            if (TEXT_FORMATS.contains(formatName())) {
                throw new StreamException(location.name() + ": not a media file (it looks like text)");
            }
            int code = avformat.avformat_find_stream_info(context, (org.bytedeco.javacpp.PointerPointer<?>) null);
            if (code < 0) {
                throw failure(code);
            }
            interrupts.deadline(null);
        } catch (RuntimeException e) {
            if (opened != null) {
                avformat.avformat_close_input(opened);
            }
            interrupts.close();
            throw e;
        }
    }

    private AVFormatContext open() {
        AVFormatContext made = Av.allocated(avformat.avformat_alloc_context(), location.name());
        interrupts.watch(made);
        if (location.isNetwork()) {
            interrupts.deadline(options.openDeadline());
        }
        try (AvOptions dictionary = new AvOptions(options.demuxerOptions())) {
            if (!location.protocols().isEmpty()) {
                dictionary.set("protocol_whitelist", location.protocols());
            }
            // On failure FFmpeg frees the context.
            int code = avformat.avformat_open_input(made, location.url(), null, dictionary.dictionary());
            if (code < 0) {
                throw failure(code);
            }
            for (String key : options.demuxerOptions().keySet()) {
                if (dictionary.entries().containsKey(key)) {
                    avformat.avformat_close_input(made);
                    throw new StreamException(location.name() + ": the input does not know the option " + key);
                }
            }
        }
        return made;
    }

    /** The container, for readers of its fields. Owned by this demuxer. */
    public AVFormatContext context() {
        return context;
    }

    /** What to call the input in messages. */
    public String name() {
        return location.name();
    }

    public String formatName() {
        return String.valueOf(Av.string(context.iformat().name()));
    }

    /** Packets that were damaged beyond use so far. */
    public int damaged() {
        return damaged;
    }

    /**
     * Index of the stream to upscale: FFmpeg's best one, never a cover picture beside sound.
     *
     * @throws StreamException when there is none
     */
    public int videoStream() {
        int best = avformat.av_find_best_stream(
                context, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (org.bytedeco.ffmpeg.avcodec.AVCodec) null, 0);
        if (best >= 0 && !isCover(context.streams(best))) {
            return best;
        }
        boolean sound = false;
        for (int i = 0; i < context.nb_streams(); i++) {
            AVStream stream = context.streams(i);
            int type = stream.codecpar().codec_type();
            if (type == avutil.AVMEDIA_TYPE_VIDEO && !isCover(stream)) {
                return i;
            }
            sound |= type == avutil.AVMEDIA_TYPE_AUDIO;
        }
        throw new StreamException(location.name() + (sound ? ": has sound but no video" : ": has no video"));
    }

    private static boolean isCover(AVStream stream) {
        return (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
    }

    public Rational timeBase(int stream) {
        return Av.rational(context.streams(stream).time_base());
    }

    /** Start of the container's clock in microseconds; 0 when it does not say. */
    public long startMicros() {
        return context.start_time() == Av.NO_PTS ? 0 : context.start_time();
    }

    /** Goes to a key frame at or before an instant, where the input can seek; otherwise stays. */
    public void seek(long micros) {
        avformat.avformat_seek_file(context, -1, Long.MIN_VALUE, micros, micros, 0);
    }

    /**
     * Reads into {@code packet}.
     *
     * @return false at the end
     * @throws StreamException when interrupted or stalled
     */
    public boolean read(AVPacket packet) {
        int failures = 0;
        while (true) {
            if (location.isNetwork()) {
                interrupts.deadline(options.readDeadline());
            }
            int code = avformat.av_read_frame(context, packet);
            if (code >= 0) {
                if ((packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
                    damaged++;
                }
                return true;
            }
            if (code == Av.END) {
                return false;
            }
            if (interrupts.isInterrupted() || interrupts.isExpired() || code == avutil.AVERROR_EXIT) {
                throw failure(code);
            }
            if (code != Av.AGAIN) {
                damaged++;
                failures++;
                if (failures > PATIENCE || avformat.avio_feof(context.pb()) != 0) {
                    return false;
                }
            }
        }
    }

    /** Makes blocking calls fail soon. Any thread. */
    public void interrupt() {
        interrupts.interrupt();
    }

    private StreamException failure(int code) {
        if (interrupts.isInterrupted()) {
            return new StreamException(location.name() + ": reading was stopped");
        }
        if (interrupts.isExpired()) {
            return new StreamException(location.name() + ": no answer within the deadline");
        }
        if (code == avutil.AVERROR_INVALIDDATA) {
            return new StreamException(location.name() + ": not a media file, or damaged beyond reading");
        }
        return new StreamException(location.name() + ": " + Av.text(code));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avformat.avformat_close_input(context);
            interrupts.close();
        }
    }
}
