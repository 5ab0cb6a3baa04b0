package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/** The sound of a live stream in one codec, on the output's clock: the source's packets, or new ones. One thread. */
final class SoundTrack implements AutoCloseable {
    /** Identification header of Opus (RFC 7845, section 5.1): without it no container can say what the channels are. */
    private static final int OPUS_HEAD_BYTES = 19;

    private final AVStream source;
    private final String name;
    private final @Nullable AudioConversion conversion;
    private final @Nullable BareAac bare;
    private final Rational timeBase;
    private final long startTicks;
    private final Queue<AVPacket> ready;

    private SoundTrack(
            AVStream source,
            String name,
            long start,
            @Nullable AudioConversion conversion,
            @Nullable BareAac bare,
            Queue<AVPacket> ready) {
        this.source = source;
        this.name = name;
        this.conversion = conversion;
        this.bare = bare;
        this.timeBase = Av.rational(conversion == null ? source.time_base() : conversion.timeBase());
        this.startTicks = Av.rescale(start, FragmentOutput.CLOCK, timeBase);
        this.ready = ready;
    }

    /** Whether the packets of a track can go elsewhere as they are: what their decoder must know of them is known. */
    static boolean isComplete(AVCodecParameters source) {
        int configuration = source.extradata_size();
        return switch (source.codec_id()) {
            case AV_CODEC_ID_AAC -> configuration > 0 || BareAac.fits(source);
            case AV_CODEC_ID_OPUS -> configuration >= OPUS_HEAD_BYTES;
            case AV_CODEC_ID_FLAC -> configuration > 0;
            default -> source.sample_rate() > 0 && source.ch_layout().nb_channels() > 0;
        };
    }

    /**
     * The source's own packets.
     *
     * @param source which is {@link #isComplete}
     * @param start on the output's clock, of the input's first picture
     */
    static SoundTrack copied(AVStream source, String name, long start) {
        AVCodecParameters parameters = source.codecpar();
        boolean headed = parameters.codec_id() == AV_CODEC_ID_AAC && parameters.extradata_size() == 0;
        return new SoundTrack(source, name, start, null, headed ? new BareAac(parameters) : null, new ArrayDeque<>());
    }

    /** Decoded and encoded; null when that is not possible. */
    static @Nullable SoundTrack encoded(AVStream source, String name, long start, String encoder, Notices notices) {
        Queue<AVPacket> ready = new ArrayDeque<>();
        AudioConversion conversion = AudioConversion.open(
                true, notices, name, source, encoder, packet -> ready.add(Av.allocated(av_packet_clone(packet), name)));
        return conversion == null ? null : new SoundTrack(source, name, start, conversion, null, ready);
    }

    void describeTo(AVCodecParameters parameters) {
        if (conversion != null) {
            conversion.describeTo(parameters);
        } else if (bare != null) {
            bare.describeTo(parameters);
        } else {
            Av.check(avcodec_parameters_copy(parameters, source.codecpar()), name);
        }
    }

    /** Of the packets that come out. */
    Rational timeBase() {
        return timeBase;
    }

    /** Whether a packet is the source's. */
    boolean isOf(AVPacket packet) {
        return packet.stream_index() == source.index();
    }

    /** Takes a packet of the source, its times counted from the first picture; the caller frees it. */
    void accept(AVPacket packet) {
        if (conversion != null) {
            conversion.accept(packet);
            return;
        }
        AVPacket copy = Av.allocated(av_packet_clone(packet), name);
        try {
            if (bare != null) {
                bare.strip(copy);
            }
            ready.add(copy);
        } catch (StreamException e) {
            // What is damaged is left out, as where it is decoded.
            av_packet_free(copy);
        }
    }

    /** The next packet that begins before an instant of the output's clock, owned by the caller; null for none. */
    @Nullable
    AVPacket next(long before) {
        while (true) {
            AVPacket packet = ready.peek();
            if (packet == null || Av.rescale(packet.pts() + startTicks, timeBase, FragmentOutput.CLOCK) >= before) {
                return null;
            }
            ready.remove();
            if (packet.pts() >= 0) {
                packet.pts(packet.pts() + startTicks).dts(packet.dts() + startTicks);
                return packet;
            }
            // Sound from before the first picture has no place on the output's clock.
            av_packet_free(packet);
        }
    }

    @Override
    public void close() {
        for (AVPacket packet = ready.poll(); packet != null; packet = ready.poll()) {
            av_packet_free(packet);
        }
        if (conversion != null) {
            conversion.close();
        }
        if (bare != null) {
            bare.close();
        }
    }
}
