package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.Fragment;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.codecs.output.CutPlan.Cut;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.jspecify.annotations.Nullable;

/**
 * One source's part of a live stream: encodes its pictures, takes its sound along and cuts both into fragments. A packet
 * is held back until the next one says how long its picture lasts, so that no gap comes between fragments.
 */
final class FragmentSink implements FrameSink {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    /** A longer pause between two pictures is a step of the source's clock. */
    private static final double LARGEST_GAP_SECONDS = 10;

    private static final long USUAL_DURATION = 3600;

    private final FragmentOutput output;
    private final Carriage carriage;
    private final int sourceHeight;
    private final CutPlan cuts;
    private final long start;

    private volatile boolean interrupted;
    private @Nullable VideoTrack video;
    private @Nullable LiveAudio audio;
    private @Nullable FragmentContainers containers;
    private Rational timeBase = Rational.ONE;
    private Instant wallClock = Instant.EPOCH;
    private long origin = VideoFrame.NO_PTS;
    private long lastPts;
    private long lastDuration;
    private long shown;
    private long stepAt;
    private Instant stepClock = Instant.EPOCH;
    private @Nullable AVPacket held;
    private long partStart = Long.MIN_VALUE;
    private boolean partStartsSegment;
    private boolean partIndependent;
    private boolean endless;

    /** A step failed midway, and nobody knows what of it the containers hold. */
    private boolean broken;

    FragmentSink(FragmentOutput output, Carriage carriage, int sourceHeight) {
        this.output = output;
        this.carriage = carriage;
        this.sourceHeight = sourceHeight;
        this.cuts = new CutPlan(
                ticks(output.options().segment()), ticks(output.options().longestPart()));
        this.start = output.clock();
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        VideoTrack opened = LiveEncoder.open(
                output.name(),
                output.options().encoding(),
                offered.withTimeBase(FragmentOutput.CLOCK),
                output.sized(offered),
                sourceHeight,
                carriage.firstFrame(),
                output.notices());
        video = opened;
        timeBase = offered.timeBase();
        LiveAudio sound = LiveAudio.open(carriage, start, output);
        audio = sound;
        if (sound == null) {
            carriage.abandon();
        }
        containers = output.containers(opened, offered.frameRate().toDouble(), sound);
        return opened.wanted().withTimeBase(timeBase);
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            if (interrupted) {
                throw new StreamException(output.name() + ": interrupted");
            }
            broken = true;
            if (endless) {
                throw new StreamException(
                        output.name() + ": its encoder makes no key frames when it is asked to, so that"
                                + " segments do not end; choose another videoCodec, or other encoderOptions");
            }
            long pts = place(frame);
            repeat(pts);
            long duration = Math.min(Av.rescale(frame.duration(), timeBase, FragmentOutput.CLOCK), cuts.picture());
            opened(video).encode(frame, pts, duration, cuts.keyDue(pts, duration), this::encoded);
            shown = pts;
            broken = false;
        }
    }

    @Override
    public void finish() {
        broken = true;
        opened(video).flush(this::encoded);
        broken = false;
        end();
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    /** Without {@link #finish} what was encoded is published all the same, unless a step failed: viewers shall see all there was. */
    @Override
    public void close() {
        try {
            end();
        } finally {
            if (audio != null) {
                audio.close();
                audio = null;
            }
            if (video != null) {
                video.close();
                video = null;
            }
            if (broken) {
                output.close();
            }
        }
    }

    /** Where a frame goes on the output's clock, without steps of the source's. */
    private long place(VideoFrame frame) {
        boolean first = origin == VideoFrame.NO_PTS;
        boolean step = !first && timeBase.seconds(frame.pts() - lastPts) > LARGEST_GAP_SECONDS;
        if (first) {
            origin = frame.pts();
        } else if (step) {
            origin += frame.pts() - lastPts - Math.max(1, lastDuration);
        }
        lastPts = frame.pts();
        lastDuration = frame.duration();
        long pts = start + Av.rescale(frame.pts() - origin, timeBase, FragmentOutput.CLOCK);
        if (first || step) {
            stepAt = pts;
            stepClock = Instant.now().minus(micros(pts - start), ChronoUnit.MICROS);
            cuts.step(pts);
        }
        shown = first ? pts : shown;
        return pts;
    }

    /** Shows the last picture again while the next one is late: nothing can be cut inside a picture. */
    private void repeat(long until) {
        while (cuts.isLate(shown, until)) {
            shown += cuts.picture();
            opened(video).repeat(shown, cuts.picture(), cuts.keyDue(shown, cuts.picture()), this::encoded);
        }
    }

    private void encoded(AVPacket packet) {
        AVPacket next = Av.allocated(av_packet_clone(packet), output.name());
        AVPacket before = held;
        held = next;
        if (before != null) {
            before.duration(Math.max(1, next.dts() - before.dts()));
            write(before);
        }
    }

    private void write(AVPacket packet) {
        try {
            boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
            Cut cut = cuts.before(packet.pts(), packet.duration(), key);
            endless |= cuts.isEndless(packet.pts());
            sound(packet.pts());
            if (cut != Cut.NONE) {
                publish(packet.pts());
                if (packet.pts() >= stepAt) {
                    wallClock = stepClock;
                }
                partStart = packet.pts();
                partStartsSegment = cut == Cut.SEGMENT;
                partIndependent = key;
            }
            opened(containers).video(packet);
        } finally {
            av_packet_free(packet);
        }
    }

    /** Writes the sound before an instant. */
    private void sound(long before) {
        LiveAudio from = audio;
        if (from == null || origin == VideoFrame.NO_PTS) {
            return;
        }
        from.drain(Av.rescale(origin, timeBase, MICROS), before);
        from.write(before, opened(containers));
    }

    /** Cuts and gives out what was written since the last call. */
    private void publish(long until) {
        if (partStart == Long.MIN_VALUE || until <= partStart) {
            return;
        }
        ByteBuffer mp4 = opened(containers).cut(FragmentForm.MP4);
        ByteBuffer ts = opened(containers).cut(FragmentForm.TS);
        long startMicros = micros(partStart);
        output.publish(new Fragment(
                opened(containers).header(),
                partStartsSegment,
                partIndependent,
                startMicros,
                micros(until) - startMicros,
                wallClock.plus(micros(partStart - start), ChronoUnit.MICROS),
                mp4,
                ts));
        partStart = Long.MIN_VALUE;
    }

    /** Takes what is held back for the end; after a failure it is left out. */
    private void end() {
        AVPacket last = held;
        held = null;
        if (last == null) {
            return;
        }
        last.duration(last.duration() > 0 ? last.duration() : USUAL_DURATION);
        long end = last.pts() + last.duration();
        output.advance(end);
        if (broken) {
            av_packet_free(last);
            return;
        }
        broken = true;
        write(last);
        sound(end);
        publish(end);
        broken = false;
    }

    private static long micros(long ticks) {
        return Av.rescale(ticks, FragmentOutput.CLOCK, MICROS);
    }

    private static long ticks(Duration time) {
        return Av.rescale(time.toNanos() / 1000, MICROS, FragmentOutput.CLOCK);
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not opened");
        }
        return part;
    }
}
