package io.upflux.codecs.input;

import io.upflux.codecs.InputLimits;
import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * The way from a container to frames: packets of the video go to its decoder, all others to their collector. One
 * thread at a time.
 */
final class DecodedFrames implements AutoCloseable {
    private final Demuxer demuxer;
    private final int streamIndex;
    private final OtherStreams others;
    private final Damage damage;
    private final VideoDecoder decoder;
    private final AVPacket packet;
    private final InputLimits limits;
    private final long lastTicks;
    private long furthestTicks = Long.MIN_VALUE;
    private boolean awaitsKey;

    /**
     * @param options of which what the decoder needs and what is taken at most count
     * @param damage counts what is damaged
     */
    DecodedFrames(Demuxer demuxer, int streamIndex, OtherStreams others, InputOptions options, Damage damage) {
        this.demuxer = demuxer;
        this.streamIndex = streamIndex;
        this.others = others;
        this.damage = damage;
        this.limits = options.limits();
        this.lastTicks = LimitCheck.lastTicks(limits, demuxer, demuxer.context().streams(streamIndex));
        this.decoder = new VideoDecoder(demuxer.context().streams(streamIndex), options, demuxer.name(), damage);
        this.packet = avcodec.av_packet_alloc();
    }

    /** The next frame as the decoder makes it, owned by the caller; null at the end of the input. */
    @Nullable
    AVFrame next() {
        AVFrame frame = Av.allocated(avutil.av_frame_alloc(), demuxer.name());
        try {
            while (true) {
                switch (decoder.receive(frame)) {
                    case FRAME -> {
                        return frame;
                    }
                    case END -> {
                        avutil.av_frame_free(frame);
                        return null;
                    }
                    case NEEDS_INPUT -> feed();
                }
            }
        } catch (RuntimeException e) {
            avutil.av_frame_free(frame);
            throw e;
        }
    }

    /** Reads, without decoding, until a picture that is due at this time or later; false when the input ends before. */
    boolean skipTo(long ticks) {
        while (furthestTicks < ticks) {
            if (!demuxer.read(packet)) {
                return false;
            }
            others.pass(packet);
            if (packet.stream_index() == streamIndex) {
                note();
                avcodec.av_packet_unref(packet);
            } else {
                others.offer(packet);
            }
        }
        return true;
    }

    /** Reads what belongs to the wanted range and lies behind its last picture. */
    void readOthers() {
        others.readToEnd(packet, streamIndex);
    }

    /**
     * To be called after seeking.
     *
     * @param atKey whether decoding begins at a key frame only: some decoders make pictures of what depends on others
     *     that they never saw
     */
    void restart(boolean atKey) {
        awaitsKey = atKey;
        decoder.restart();
        damage.clear();
        furthestTicks = Long.MIN_VALUE;
    }

    /** Whether the last frame was made by a device. */
    boolean onDevice() {
        return decoder.onDevice();
    }

    @Override
    public void close() {
        decoder.close();
        avcodec.av_packet_free(packet);
    }

    /** Reads until the decoder has had one packet of its own, or the end. */
    private void feed() {
        while (demuxer.read(packet)) {
            others.pass(packet);
            damage.add(demuxer.takeDamaged(), furthestTicks);
            if (packet.stream_index() == streamIndex) {
                note();
                awaitsKey &= (packet.flags() & avcodec.AV_PKT_FLAG_KEY) == 0;
                if (!awaitsKey) {
                    decoder.send(packet);
                    avcodec.av_packet_unref(packet);
                    return;
                }
                avcodec.av_packet_unref(packet);
            } else {
                others.offer(packet);
            }
        }
        decoder.send(null);
    }

    private void note() {
        if (packet.pts() != Av.NO_PTS) {
            furthestTicks = Math.max(furthestTicks, packet.pts());
            if (furthestTicks > lastTicks) {
                throw LimitCheck.tooLong(demuxer.name(), Objects.requireNonNull(limits.duration()));
            }
        }
    }
}
