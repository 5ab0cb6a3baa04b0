package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.codecs.ffmpeg.Interrupts;
import io.upflux.codecs.ffmpeg.NestedOpens;
import io.upflux.codecs.input.Location.Kind;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** An opened container: its streams and, one after the other, its packets. One thread, except {@link #interrupt}. */
public final class Demuxer implements AutoCloseable {
    /** Text files that FFmpeg would gladly show as a terminal's screen. */
    private static final Set<String> TEXT_FORMATS = Set.of("tty", "bin", "xbin", "adf", "idf");

    /** Lists that are read again and again until they say that they end. */
    private static final Set<String> GROWING_FORMATS = Set.of("hls", "dash");

    /** Damaged packets in a row after which a damaged input counts as ended. */
    private static final int PATIENCE = 50;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Location location;
    private final @Nullable ReadableByteChannel channel;
    private final InputOptions options;
    private final Interrupts interrupts = new Interrupts();
    private final NestedOpens nested = new NestedOpens();
    private final AVFormatContext context;
    private @Nullable ChannelInput input;
    private final SteadyClock clock;
    private @Nullable String brokenOff;
    private int damaged;
    private volatile long packets;
    private boolean closed;

    public Demuxer(String name, InputOptions options) {
        this(Location.of(name), null, options);
    }

    /** @param channel bytes of MPEG-TS, Matroska, FLV or MP4 from whoever; closed by this, also on failure */
    public Demuxer(String name, ReadableByteChannel channel, InputOptions options) {
        this(Location.channel(name), channel, options);
    }

    private Demuxer(Location location, @Nullable ReadableByteChannel channel, InputOptions options) {
        this.options = options;
        this.location = location;
        this.channel = channel;
        interrupts.heedThread(true);
        AVFormatContext made = null;
        try {
            made = Av.allocated(avformat.avformat_alloc_context(), location.name());
            context = made;
            open();
            if (TEXT_FORMATS.contains(formatName())) {
                throw new StreamException(location.name() + ": not a media file (it looks like text)");
            }
            if (!mayStall()) {
                interrupts.deadline(null);
            }
            int code = avformat.avformat_find_stream_info(context, (org.bytedeco.javacpp.PointerPointer<?>) null);
            if (code < 0) {
                throw failure(code);
            }
            interrupts.deadline(null);
            interrupts.heedThread(false);
            clock = SteadyClock.of(context, startMicros(), location.isNetwork());
        } catch (RuntimeException e) {
            free(made);
            throw e;
        }
    }

    private void open() {
        interrupts.watch(context);
        if (location.isNetwork() || location.kind() == Kind.LOCAL) {
            interrupts.deadline(options.openDeadline());
        }
        ChannelInput source = channel == null ? ChannelInput.of(location) : ChannelInput.of(channel, location.name());
        if (source != null) {
            input = source;
            source.attach(context);
        }
        try (AvOptions dictionary = new AvOptions()) {
            if (!location.protocols().isEmpty()) {
                dictionary.set("protocol_whitelist", location.protocols());
            }
            if (!location.formats().isEmpty()) {
                dictionary.set("format_whitelist", location.formats());
            }
            location.options().forEach(dictionary::set);
            options.demuxerOptions().forEach(dictionary::set);
            nested.watch(context, dictionary);
            // What is sent is of no container that leads to others.
            if (source != null && location.kind() != Kind.CHANNEL && !nested.look(context.pb())) {
                throw failure(avutil.AVERROR_INVALIDDATA);
            }
            // On failure FFmpeg frees the context, and the pointer becomes null.
            int code = avformat.avformat_open_input(context, location.url(), null, dictionary.dictionary());
            if (code < 0 || nested.refusal() != null) {
                throw failure(code);
            }
            nested.inputIsOpen(context);
            dictionary.requireTaken(options.demuxerOptions().keySet(), location.name() + ": the input");
        }
    }

    /** The container, for readers of its fields. Owned by this demuxer. */
    public AVFormatContext context() {
        return context;
    }

    /** What to call the input in messages. */
    public String name() {
        return location.name();
    }

    /** Of a file on this machine; null for all else. */
    @Nullable
    Path file() {
        return location.kind() == Kind.LOCAL ? location.path() : null;
    }

    public String formatName() {
        return String.valueOf(Av.string(context.iformat().name()));
    }

    private boolean mayStall() {
        return location.isNetwork() || GROWING_FORMATS.contains(formatName());
    }

    /** Whether the input is a still picture: {@code png_pipe} and its like. */
    public boolean isPicture() {
        return formatName().endsWith("_pipe");
    }

    /** Packets that were read so far. Any thread. */
    public long packets() {
        return packets;
    }

    /** Packets that were damaged beyond use since this was asked last. */
    int takeDamaged() {
        int count = damaged;
        damaged = 0;
        return count;
    }

    /** Who is told, in a line, of each step of the input's clock. */
    void onStep(Consumer<String> listener) {
        clock.onStep(listener);
    }

    /** Why reading stopped before the input's end; null when it did not. */
    @Nullable
    String brokenOff() {
        return brokenOff;
    }

    public Rational timeBase(int stream) {
        return Av.rational(context.streams(stream).time_base());
    }

    /** Start of the container's clock in microseconds; 0 when it does not say. */
    public long startMicros() {
        return context.start_time() == Av.NO_PTS ? 0 : context.start_time();
    }

    /** Whether {@link #seek} and {@link #rewind} can work; pipes and live streams only run forward. */
    boolean canSeek() {
        AVIOContext io = context.pb();
        if (io == null || io.isNull()) {
            return (context.ctx_flags() & avformat.AVFMTCTX_UNSEEKABLE) == 0 && context.duration() > 0;
        }
        return (io.seekable() & avformat.AVIO_SEEKABLE_NORMAL) != 0;
    }

    /** Goes to a packet at or before an instant, often but not always a key frame's; false when it cannot. */
    boolean seek(long micros) {
        clock.restart();
        brokenOff = null;
        damaged = 0;
        return avformat.avformat_seek_file(context, -1, Long.MIN_VALUE, micros, micros, 0) >= 0;
    }

    /** Goes back to the beginning. */
    void rewind() {
        // Some demuxers that have come to the end go on only after a seek in time; where that leads to does not matter.
        seek(startMicros());
        avformat.avformat_seek_file(context, -1, 0, 0, 0, avformat.AVSEEK_FLAG_BYTE);
    }

    /**
     * Reads into {@code packet}.
     *
     * @return false at the end
     * @throws StreamException when interrupted or stalled
     */
    public boolean read(AVPacket packet) {
        if (mayStall()) {
            interrupts.deadline(options.readDeadline());
        }
        for (int failures = 0; failures < PATIENCE; ) {
            int code = avformat.av_read_frame(context, packet);
            if (code >= 0) {
                brokenOff = null;
                packets = packets + 1;
                if (failures > 0 || (packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
                    damaged++;
                }
                clock.place(packet, context.streams(packet.stream_index()));
                return true;
            }
            if (interrupts.isInterrupted() || interrupts.isExpired() || code == avutil.AVERROR_EXIT) {
                throw failure(code);
            }
            if (code == Av.AGAIN) {
                LockSupport.parkNanos(RETRY_NANOS);
                continue;
            }
            if (code == Av.END && options.loop() && canSeek() && clock.beginAgain(this::rewind)) {
                continue;
            }
            int cause = code == Av.END ? ioError() : code;
            if (cause >= 0) {
                return false;
            }
            brokenOff = Av.text(cause);
            if (code != avutil.AVERROR_INVALIDDATA || avformat.avio_feof(context.pb()) != 0) {
                return false;
            }
            failures++;
        }
        return false;
    }

    /** What went wrong underneath an "end"; 0 for nothing. */
    private int ioError() {
        AVIOContext io = context.pb();
        return io == null || io.isNull() || io.error() == Av.END ? 0 : Math.min(io.error(), 0);
    }

    /** Makes blocking calls fail soon. Any thread. */
    public void interrupt() {
        interrupts.interrupt();
        ChannelInput source = input;
        if (source != null) {
            source.interrupt();
        }
    }

    private StreamException failure(int code) {
        String late = location.isNetwork() ? "no answer" : "nothing was added to the list, which does not end,";
        String reason = nested.refusal() != null ? nested.refusal() : interrupts.reason(late + " within the deadline");
        if (reason != null) {
            return new StreamException(location.name() + ": " + reason);
        }
        IOException cause = input == null ? null : input.failure();
        if (cause != null) {
            return new StreamException(location.name() + ": " + cause.getMessage(), cause);
        }
        return location.failure(code, options.demuxerOptions().keySet());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            free(context);
        }
    }

    private void free(@Nullable AVFormatContext opened) {
        if (opened != null && !opened.isNull()) {
            avformat.avformat_close_input(opened);
        }
        if (input != null) {
            input.close();
        }
        nested.close();
        interrupts.close();
    }
}
