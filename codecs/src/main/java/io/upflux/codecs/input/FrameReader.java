package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * The pull loop of an input: hands out the decoded frames of one video stream, all of one size and layout, with
 * strictly increasing time stamps, and puts the packets of the other streams into the {@link Carriage}. One thread at
 * a time, except {@link #interrupt}.
 */
public final class FrameReader implements AutoCloseable {
    private final Demuxer demuxer;
    private final Notices notices;
    private final AVStream stream;
    private final int streamIndex;
    private final Rational timeBase;
    private final boolean deinterlace;
    private final Orientation orientation;
    private final boolean rotatePixels;
    private final VideoDecoder decoder;
    private final AVPacket packet;
    private final long startMicros;
    private final @Nullable Long endMicros;
    private final long startTicks;
    private final long endTicks;
    private final Timeline timeline;
    private final Deque<AVFrame> ready = new ArrayDeque<>();
    private final Carriage carriage;
    private @Nullable FilterChain filters;
    private @Nullable Shape raw;
    private @Nullable Shape wanted;
    private long furthestMicros = Long.MIN_VALUE;
    private boolean ended;
    private boolean closed;

    /** Size and pixel format of frames. */
    private record Shape(int width, int height, int format) {
        static Shape of(AVFrame frame) {
            return new Shape(frame.width(), frame.height(), frame.format());
        }

        @Override
        public String toString() {
            return width + "x" + height + " " + PixelFormats.name(format);
        }
    }

    /** Opens the input and decodes its first frame. */
    public FrameReader(String location, InputOptions options, Notices notices) {
        this.notices = notices;
        this.demuxer = new Demuxer(location, options);
        AVPacket allocated = null;
        VideoDecoder opened = null;
        try {
            streamIndex = demuxer.videoStream();
            stream = demuxer.context().streams(streamIndex);
            timeBase = demuxer.timeBase(streamIndex);
            deinterlace = options.deinterlace();
            orientation = Orientation.of(stream.codecpar());
            rotatePixels = options.rotatePixels();
            allocated = Av.allocated(avcodec.av_packet_alloc(), location);
            packet = allocated;
            opened = new VideoDecoder(stream, options.threads(), demuxer.name());
            decoder = opened;
            Duration start = options.start();
            startMicros = demuxer.startMicros() + (start == null ? 0 : micros(start));
            Duration length = options.duration();
            endMicros = length == null ? null : Long.valueOf(startMicros + micros(length));
            Rational clock = new Rational(1, Av.MICROS);
            startTicks = start == null ? Long.MIN_VALUE : Av.rescale(startMicros, clock, timeBase);
            endTicks = endMicros == null ? Long.MAX_VALUE : Av.rescale(endMicros, clock, timeBase);
            timeline = new Timeline(frameTicks());
            if (start != null) {
                demuxer.seek(startMicros);
            }
            carriage = new Carriage(
                    demuxer.context(),
                    streamIndex,
                    demuxer.name(),
                    startMicros,
                    endMicros,
                    rotatePixels ? 0 : orientation.degrees(),
                    Av.allocated(avutil.av_frame_alloc(), location));
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            if (allocated != null) {
                avcodec.av_packet_free(allocated);
            }
            demuxer.close();
            throw e;
        }
        try {
            if (!fill()) {
                boolean range = startTicks != Long.MIN_VALUE || endTicks != Long.MAX_VALUE;
                throw new StreamException(
                        demuxer.name() + ": no decodable video frame" + (range ? " in the range asked for" : ""));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The first frame, still to be handed out; owned by this reader. */
    public AVFrame first() {
        return ready.getFirst();
    }

    public Demuxer demuxer() {
        return demuxer;
    }

    public AVStream stream() {
        return stream;
    }

    public Rational timeBase() {
        return timeBase;
    }

    public Carriage carriage() {
        return carriage;
    }

    /**
     * The next frame, owned by the caller; null at the end, when damage has been reported.
     *
     * @throws StreamException when reading was interrupted or stalls
     */
    public @Nullable AVFrame next() {
        return ready.isEmpty() && !fill() ? null : ready.poll();
    }

    /** Makes {@link #next} fail soon. Any thread. */
    public void interrupt() {
        demuxer.interrupt();
    }

    /** Decodes until at least one frame is ready; false at the end. */
    private boolean fill() {
        while (ready.isEmpty() && !ended) {
            AVFrame frame = Av.allocated(avutil.av_frame_alloc(), demuxer.name());
            VideoDecoder.Result result;
            try {
                result = decoder.receive(frame);
            } catch (RuntimeException e) {
                avutil.av_frame_free(frame);
                throw e;
            }
            if (result == VideoDecoder.Result.FRAME) {
                accept(frame);
                continue;
            }
            avutil.av_frame_free(frame);
            if (result == VideoDecoder.Result.END) {
                finish();
            } else {
                feed();
            }
        }
        return !ready.isEmpty();
    }

    /** Reads until the decoder has had one packet of its own, or the end. */
    private void feed() {
        while (demuxer.read(packet)) {
            furthestMicros = Math.max(furthestMicros, micros(packet));
            if (packet.stream_index() == streamIndex) {
                decoder.send(packet);
                avcodec.av_packet_unref(packet);
                return;
            }
            carry();
        }
        decoder.send(null);
    }

    private void carry() {
        if (carriage.isWanted() && inRange(packet) && !isHidden(packet)) {
            AVPacket owned = Av.allocated(avcodec.av_packet_alloc(), demuxer.name());
            avcodec.av_packet_move_ref(owned, packet);
            carriage.packets().add(owned);
        } else {
            avcodec.av_packet_unref(packet);
        }
    }

    private boolean inRange(AVPacket other) {
        long micros = micros(other);
        if (micros == Long.MIN_VALUE || startTicks == Long.MIN_VALUE && endTicks == Long.MAX_VALUE) {
            return true;
        }
        return micros >= startMicros && (endMicros == null || micros < endMicros);
    }

    /** An edit list hides it. What it hides before the start, an encoder's priming, the next container hides as well. */
    private boolean isHidden(AVPacket other) {
        return (other.flags() & avcodec.AV_PKT_FLAG_DISCARD) != 0 && micros(other) >= startMicros;
    }

    /** When a packet is shown, else decoded, in microseconds; the least value when it does not say. */
    private long micros(AVPacket any) {
        long time = any.pts() != Av.NO_PTS ? any.pts() : any.dts();
        return time == Av.NO_PTS
                ? Long.MIN_VALUE
                : Av.rescale(time, demuxer.timeBase(any.stream_index()), new Rational(1, Av.MICROS));
    }

    /** Takes over a decoded frame: gives it a time, drops it outside the range, and filters it where needed. */
    private void accept(AVFrame frame) {
        try {
            frame.pts(timeline.place(frame.best_effort_timestamp(), frame.duration()));
            if (frame.pts() < startTicks) {
                return;
            }
            if (frame.pts() >= endTicks) {
                finish();
                return;
            }
            route(frame);
        } finally {
            avutil.av_frame_free(frame);
        }
    }

    private void route(AVFrame frame) {
        Shape now = Shape.of(frame);
        if (raw == null) {
            avutil.av_frame_copy_props(carriage.firstFrame(), frame);
            raw = now;
        }
        FilterChain chain = filters;
        boolean changed = !now.equals(raw);
        boolean interlaced = deinterlace && (frame.flags() & AVFrame.AV_FRAME_FLAG_INTERLACED) != 0;
        if (chain == null ? changed || interlaced || needsFilter(frame) : changed) {
            if (changed) {
                notices.warning(demuxer.name() + ": the picture changes from " + raw + " to " + now
                        + "; it is fitted to the size it began with");
                raw = now;
            }
            drain();
            chain = new FilterChain(frame, timeBase, chain(frame, interlaced), demuxer.name());
            filters = chain;
        }
        if (chain == null) {
            AVFrame own = Av.allocated(avutil.av_frame_alloc(), demuxer.name());
            avutil.av_frame_move_ref(own, frame);
            emit(own);
        } else {
            chain.send(frame, demuxer.name());
            collect(chain);
        }
    }

    private boolean needsFilter(AVFrame frame) {
        return PixelFormats.layout(frame.format()).isEmpty()
                || frame.linesize(0) < 0
                || (rotatePixels && !orientation.filters().isEmpty());
    }

    private List<String> chain(AVFrame frame, boolean interlaced) {
        List<String> names = new ArrayList<>();
        int order = stream.codecpar().field_order();
        boolean fields = order != avcodec.AV_FIELD_UNKNOWN && order != avcodec.AV_FIELD_PROGRESSIVE;
        if (interlaced || (deinterlace && fields)) {
            names.add("bwdif=mode=send_frame:deint=interlaced");
        }
        if (rotatePixels) {
            names.addAll(orientation.filters());
        }
        if (frame.linesize(0) < 0) {
            names.add("copy");
        }
        Shape target = wanted;
        if (target != null && names.isEmpty() | (target.width != frame.width() || target.height != frame.height())) {
            names.add("scale=" + target.width + ":" + target.height
                    + ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp");
        }
        PixelLayout layout = PixelFormats.nearest(frame.format(), isStill());
        int format =
                target != null ? target.format : PixelFormats.format(layout).orElse(avutil.AV_PIX_FMT_YUV420P);
        names.add("format=pix_fmts=" + PixelFormats.name(format));
        return names;
    }

    private boolean isStill() {
        return switch (stream.codecpar().codec_id()) {
            case avcodec.AV_CODEC_ID_PNG,
                    avcodec.AV_CODEC_ID_GIF,
                    avcodec.AV_CODEC_ID_WEBP,
                    avcodec.AV_CODEC_ID_TIFF,
                    avcodec.AV_CODEC_ID_BMP -> true;
            default -> false;
        };
    }

    private void collect(FilterChain chain) {
        while (true) {
            AVFrame filtered = Av.allocated(avutil.av_frame_alloc(), demuxer.name());
            boolean received;
            try {
                received = chain.receive(filtered, demuxer.name());
            } catch (RuntimeException e) {
                avutil.av_frame_free(filtered);
                throw e;
            }
            if (!received) {
                avutil.av_frame_free(filtered);
                return;
            }
            emit(filtered);
        }
    }

    private void emit(AVFrame frame) {
        if (wanted == null) {
            wanted = Shape.of(frame);
        }
        ready.add(frame);
    }

    /** Ends the current filter chain; what it held back comes out. */
    private void drain() {
        FilterChain chain = filters;
        if (chain != null) {
            chain.send(null, demuxer.name());
            collect(chain);
            chain.close();
            filters = null;
        }
    }

    /** The end of the stream or of the range: the rest of the filters' frames, and a word on damage. */
    private void finish() {
        ended = true;
        drain();
        if (endTicks != Long.MAX_VALUE) {
            carryToEnd();
        }
        int damaged = demuxer.damaged() + decoder.damaged();
        if (damaged > 0) {
            notices.warning(demuxer.name() + ": " + damaged + " damaged packet(s) or frame(s), skipped or concealed");
        }
        if (timeline.repaired() > 0) {
            notices.warning(demuxer.name() + ": " + timeline.repaired() + " frame time(s) repaired");
        }
        warnOfEarlyEnd();
    }

    /** Sound that lies behind the last picture in the file but before the end of the range. */
    private void carryToEnd() {
        long limit = (endMicros == null ? Long.MAX_VALUE : endMicros) + Av.MICROS;
        while (carriage.isWanted() && demuxer.read(packet)) {
            boolean past = micros(packet) > limit;
            if (packet.stream_index() == streamIndex || past) {
                avcodec.av_packet_unref(packet);
            } else {
                carry();
            }
            if (past) {
                return;
            }
        }
    }

    /** Containers state how long they are; one that stops well before was cut off. */
    private void warnOfEarlyEnd() {
        long stated = demuxer.context().duration();
        if (endTicks != Long.MAX_VALUE || stated == Av.NO_PTS || stated <= 0) {
            return;
        }
        double missing = (demuxer.startMicros() + stated - furthestMicros) / (double) Av.MICROS;
        if (missing > 0.5 && missing * Av.MICROS > 0.05 * stated) {
            notices.warning(String.format(
                    Locale.ROOT,
                    "%s: ends %.1f s before its stated duration; it may be cut off",
                    demuxer.name(),
                    missing));
        }
    }

    private long frameTicks() {
        Rational rate = Av.rational(avformat.av_guess_frame_rate(demuxer.context(), stream, null));
        return rate.isKnown() ? Math.max(1, Av.rescale(1, new Rational(rate.den(), rate.num()), timeBase)) : 1;
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (AVFrame frame = ready.poll(); frame != null; frame = ready.poll()) {
            avutil.av_frame_free(frame);
        }
        FilterChain chain = filters;
        if (chain != null) {
            chain.close();
        }
        decoder.close();
        avcodec.av_packet_free(packet);
        carriage.close();
        demuxer.close();
    }
}
