package io.upflux.codecs.input;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * The pull loop of an input: hands out the decoded frames of one video stream, all of one size and layout, with
 * strictly increasing time stamps, and puts the packets of the other streams into the {@link Carriage}. One thread at
 * a time, except {@link #interrupt}.
 */
public final class FrameReader implements AutoCloseable {
    /** How far before a start the first further search for a key frame goes, in microseconds; then ever farther. */
    private static final long FIRST_STEP_BACK = Av.MICROS;

    private static final int STEP_GROWTH = 4;

    private static final Rational MICROS = new Rational(1, Av.MICROS);

    private final Demuxer demuxer;
    private final Damage damage;
    private final AVStream stream;
    private final int streamIndex;
    private final Rational timeBase;
    private final Range range;
    private final Timeline timeline;
    private final OtherStreams others;
    private final PictureShaper shaper;
    private final DecodedFrames frames;
    private final Carriage carriage;
    private long fromTicks;
    private long toTicks;
    private boolean segment;
    /** Whether frames next to the wanted ones help to shape them. */
    private boolean neighbours;

    private boolean ended;
    private boolean closed;

    /** Opens the input and decodes its first frame. */
    public FrameReader(String location, InputOptions options, Notices notices) {
        this(new Demuxer(location, options), options, notices);
    }

    /**
     * Decodes the first frame of an input.
     *
     * @param opened owned by this from now on, also on failure
     */
    public FrameReader(Demuxer opened, InputOptions options, Notices notices) {
        demuxer = opened;
        damage = new Damage(opened, notices);
        demuxer.onStep(damage::step);
        Parts parts = new Parts();
        try {
            streamIndex = VideoStreamChoice.of(demuxer.context(), options.videoStream(), demuxer.name());
            stream = demuxer.context().streams(streamIndex);
            timeBase = demuxer.timeBase(streamIndex);
            LimitCheck.refuseBeyond(options.limits(), demuxer, stream);
            range = Range.of(options, demuxer.startMicros(), timeBase);
            timeline = new Timeline(frameTicks(), stream.start_time() == Av.NO_PTS ? 0 : stream.start_time());
            others = parts.others = new OtherStreams(demuxer, range);
            shaper = parts.shaper = new PictureShaper(demuxer.name(), notices, stream.codecpar(), timeBase, options);
            frames = parts.frames = new DecodedFrames(demuxer, streamIndex, others, options, damage);
            fromTicks = range.startTicks();
            toTicks = range.endTicks();
            damage.restrict(fromTicks, toTicks);
            if (range.startsLater() && demuxer.canSeek()) {
                others.findStanding(streamIndex);
                goTo(range.startMicros());
            }
            if (!fill()) {
                LimitCheck.refuseLargePicture(options.limits(), demuxer);
                AnimatedWebp.refuse(demuxer);
                throw new StreamException(demuxer.name() + ": no decodable video frame"
                        + (range.startsLater() || range.endsEarlier() ? " in the range asked for" : ""));
            }
            if (options.hwaccel() != null && !frames.onDevice()) {
                notices.warning(demuxer.name() + ": " + options.hwaccel()
                        + " does not decode video of this kind; the processor does");
            }
            carriage = new Carriage(
                    demuxer.context(),
                    streamIndex,
                    demuxer.name(),
                    range.startMicros(),
                    range.endMicros(),
                    shaper.turnLeft(),
                    Av.allocated(avutil.av_frame_alloc(), demuxer.name()));
            avutil.av_frame_copy_props(carriage.firstFrame(), first());
            others.attach(carriage);
        } catch (RuntimeException e) {
            parts.close();
            demuxer.close();
            throw e;
        }
    }

    /** What a constructor that fails halfway has to free. */
    private static final class Parts {
        private @Nullable OtherStreams others;
        private @Nullable PictureShaper shaper;
        private @Nullable DecodedFrames frames;

        void close() {
            if (others != null) {
                others.close();
            }
            if (shaper != null) {
                shaper.close();
            }
            if (frames != null) {
                frames.close();
            }
        }
    }

    /** The first frame, still to be handed out; owned by this reader. */
    public AVFrame first() {
        return shaper.ready().getFirst();
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
        return fill() ? shaper.ready().poll() : null;
    }

    /**
     * From now on gives the frames of a segment, [from, to) in ticks, of the range only. To be called before the first
     * {@link #next}: the size and layout of frames, what the carriage says, and how fields are told apart come from the
     * first frame of the range all the same.
     */
    public void restrict(long from, long to) {
        segment = true;
        damage.restrictToPart(Math.max(fromTicks, from), Math.min(toTicks, to), timeBase);
        toTicks = Math.min(toTicks, to);
        if (from > fromTicks) {
            fromTicks = from;
            ended = false;
            goTo(Av.rescale(from, timeBase, MICROS));
        }
    }

    /**
     * Reads, without decoding, until a picture that is due at or after this time, or else to the end of the range. Other
     * streams' packets go to the carriage.
     */
    public void readUntil(long pts) {
        if (!ended && !frames.skipTo(Math.min(pts, toTicks))) {
            ended = true;
        } else if (!ended && pts >= toTicks) {
            ended = true;
            frames.readOthers();
        }
    }

    /** Whether some of what was read so far could not be read as it should. Any thread. */
    public boolean damaged() {
        return damage.isThere();
    }

    /** Makes {@link #next} fail soon. Any thread. */
    public void interrupt() {
        demuxer.interrupt();
    }

    /**
     * Seeks to where decoding reaches the first wanted frame. Indices count in decoding order, some containers have none,
     * and then a seek may end behind the last key frame before the start; it is right only when the first frame that
     * decodes does not lie behind the start, or before it where frames depend on their neighbours.
     *
     * @param micros the time of that frame
     */
    private void goTo(long micros) {
        neighbours = shaper.looksAround();
        long latest = neighbours ? fromTicks - 1 : fromTicks;
        shaper.restart();
        for (long back = 0, step = FIRST_STEP_BACK; ; back += step, step *= STEP_GROWTH) {
            long target = micros - back;
            boolean fromTheBeginning = target <= demuxer.startMicros() || !demuxer.seek(target);
            if (fromTheBeginning) {
                demuxer.rewind();
            }
            frames.restart(!fromTheBeginning);
            timeline.restart();
            others.restart();
            AVFrame frame = frames.next();
            if (frame == null && !fromTheBeginning) {
                continue;
            }
            if (frame != null) {
                long stated = frame.best_effort_timestamp();
                if (fromTheBeginning || (stated != Av.NO_PTS && stated <= latest)) {
                    accept(frame);
                } else {
                    avutil.av_frame_free(frame);
                    continue;
                }
            }
            return;
        }
    }

    /** Decodes until at least one frame is ready; false at the end. */
    private boolean fill() {
        shaper.dropOutside(fromTicks, toTicks);
        while (shaper.ready().isEmpty() && !ended) {
            AVFrame frame = frames.next();
            if (frame == null) {
                finish();
            } else {
                accept(frame);
            }
            shaper.dropOutside(fromTicks, toTicks);
        }
        return !shaper.ready().isEmpty();
    }

    /** Takes over a decoded frame: gives it a time, drops it outside the range, and shapes it where needed. */
    private void accept(AVFrame frame) {
        try {
            timeline.place(frame);
            if (frame.pts() < fromTicks) {
                if (neighbours) {
                    shaper.push(frame);
                }
            } else if (frame.pts() >= toTicks) {
                if (shaper.looksAround()) {
                    shaper.push(frame);
                }
                finish();
            } else {
                shaper.push(frame);
            }
        } finally {
            avutil.av_frame_free(frame);
        }
    }

    /** The end of the stream or of the range: the rest of the frames and packets, and a word on damage. */
    private void finish() {
        ended = true;
        shaper.finish();
        if (range.endsEarlier() && !segment) {
            frames.readOthers();
        }
        damage.report(timeline.repaired());
        if (toTicks == Long.MAX_VALUE) {
            damage.reportEarlyEnd(others.furthestMicros());
        }
    }

    private long frameTicks() {
        Rational rate = Av.rational(avformat.av_guess_frame_rate(demuxer.context(), stream, null));
        return rate.isKnown() ? Math.max(1, Av.rescale(1, new Rational(rate.den(), rate.num()), timeBase)) : 1;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        shaper.close();
        frames.close();
        others.close();
        carriage.close();
        demuxer.close();
    }
}
