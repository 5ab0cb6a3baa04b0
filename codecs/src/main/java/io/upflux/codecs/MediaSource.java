package io.upflux.codecs;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.ffmpeg.ColourTags;
import io.upflux.codecs.ffmpeg.PixelFormats;
import io.upflux.codecs.input.Demuxer;
import io.upflux.codecs.input.FrameReader;
import io.upflux.codecs.input.PlaneViews;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avformat;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Decodes the pictures of a file, a stream, or a still image; whatever FFmpeg reads.
 *
 * <p>Frames come as the decoder made them, without a copy: planar, 8 to 16 bits, in the stream's own colour. Packed and
 * other layouts become the planar one that holds all their bits. Time stamps are the stream's, strictly increasing.
 * Damage does not end a stream: what decodes is given out, and a warning counts the rest.
 */
public final class MediaSource extends LiveInput {
    private final FrameReader reader;
    private final InputOptions options;
    private final FrameFormat format;
    private boolean companion;

    private MediaSource(FrameReader reader, InputOptions options) {
        this.reader = reader;
        this.options = options;
        this.format = format(reader);
    }

    /**
     * Opens an input and decodes its first frame. A network input that does not answer is given up when the calling thread is
     * interrupted.
     *
     * @param location a path, {@code -} for standard input, or any URL that FFmpeg reads
     * @throws StreamException when there is nothing to decode, in one line that says why
     */
    public static MediaSource open(String location, InputOptions options, Notices notices) {
        return of(new FrameReader(location, options, notices), options);
    }

    /**
     * Opens what arrives through a channel, from somebody who need not be trusted: MPEG-TS, Matroska or WebM, FLV, MP4 whose
     * header comes first. Nothing in it makes this process open anything else.
     *
     * @param name for messages
     * @param channel closed with the source, and when this fails; {@link #interrupt} closes it, too
     * @throws StreamException when there is nothing to decode, in one line that says why
     */
    public static MediaSource read(String name, ReadableByteChannel channel, InputOptions options, Notices notices) {
        return of(new FrameReader(new Demuxer(name, channel, options), options, notices), options);
    }

    private static MediaSource of(FrameReader reader, InputOptions options) {
        try {
            return new MediaSource(reader, options);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /**
     * Opens an input for the frames of one segment of it. Format and description are those of the whole.
     *
     * @param options as for the whole, whose range limits the segment
     * @param fromPts first time stamp that belongs to it, in ticks of the video; {@code Long.MIN_VALUE} for the beginning
     * @param toPts first time stamp that no longer does; {@code Long.MAX_VALUE} for the end
     * @throws StreamException when there is nothing to decode, in one line that says why
     */
    public static MediaSource openSegment(
            String location, InputOptions options, long fromPts, long toPts, Notices notices) {
        MediaSource source = open(location, options, notices);
        try {
            source.reader.restrict(fromPts, toPts);
            return source;
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    /** Lines of the picture as players show it: its width, when the display matrix turns it by a quarter. */
    public int shownHeight() {
        return reader.carriage().rotation() % 180 != 0 ? format.width() : format.height();
    }

    @Override
    public long estimatedFrames() {
        AVStream stream = reader.stream();
        double seconds = stream.duration() != Av.NO_PTS
                ? reader.timeBase().seconds(stream.duration())
                : Math.max(reader.demuxer().context().duration(), 0) / (double) Av.MICROS;
        if (seconds <= 0 && reader.demuxer().isPicture()) {
            return 1;
        }
        boolean whole = options.start() == null && options.duration() == null;
        if (whole && stream.nb_frames() > 0) {
            return stream.nb_frames();
        }
        if (options.start() != null) {
            seconds -= options.start().toNanos() / 1e9;
        }
        if (options.duration() != null) {
            double limit = options.duration().toNanos() / 1e9;
            seconds = seconds > 0 ? Math.min(seconds, limit) : limit;
        }
        double rate = stream.nb_frames() > 0 && stream.duration() > 0
                ? stream.nb_frames() / reader.timeBase().seconds(stream.duration())
                : format.frameRate().toDouble();
        return Math.max(Math.round(seconds * rate), 0);
    }

    @Override
    public Flux<VideoFrame> frames(NativeScope scope) {
        return Flux.generate(out -> {
            if (!companion) {
                reader.carriage().abandon();
            }
            @Nullable AVFrame frame = reader.next();
            if (frame == null) {
                out.complete();
            } else {
                out.next(PlaneViews.adopt(frame, format, scope));
            }
        });
    }

    /** Whether some of it could not be read as it should; known when the last frame has been read. Any thread. */
    public boolean damaged() {
        return reader.damaged();
    }

    @Override
    public void interrupt() {
        reader.interrupt();
    }

    @Override
    public void close() {
        reader.close();
    }

    /** How many packets were read so far. Any thread. */
    long packets() {
        return reader.demuxer().packets();
    }

    /** What a sink takes along; from now on, packets of other streams are kept for it. */
    Carriage carriage() {
        companion = true;
        return reader.carriage();
    }

    @Override
    Carriage sharedCarriage() {
        return companion ? reader.carriage().share() : carriage();
    }

    /** What an encoder must know of the input; packets of other streams are not kept for it. */
    Carriage description() {
        return reader.carriage();
    }

    /** Instead of {@link #frames}: reads on to a time of the video without decoding, for the sake of the other streams. */
    void readUntil(long pts) {
        reader.readUntil(pts);
    }

    private static FrameFormat format(FrameReader reader) {
        AVFrame frame = reader.first();
        PixelLayout layout = PixelFormats.layout(frame.format())
                .orElseThrow(() -> new StreamException(
                        reader.demuxer().name() + ": cannot read " + PixelFormats.name(frame.format()) + " pictures"));
        return new FrameFormat(
                frame.width(),
                frame.height(),
                layout,
                ColourTags.of(frame),
                Av.rational(frame.sample_aspect_ratio()),
                reader.timeBase(),
                Av.rational(avformat.av_guess_frame_rate(reader.demuxer().context(), reader.stream(), null)));
    }
}
