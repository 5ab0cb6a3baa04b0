package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/**
 * The sound of a live stream: AAC is copied where its configuration is known, all else becomes AAC, which every player of every
 * container here plays. One thread.
 */
final class LiveAudio implements AutoCloseable {
    private static final Rational MICROS = new Rational(1, Av.MICROS);

    private final Carriage carriage;
    private final AVStream source;
    private final Rational sourceBase;
    private final String name;
    private final @Nullable AudioConversion conversion;
    private final @Nullable BareAac bare;
    private final Rational timeBase;
    private final long startTicks;
    private final Queue<AVPacket> ready;

    private LiveAudio(
            Carriage carriage,
            AVStream source,
            String name,
            @Nullable AudioConversion conversion,
            @Nullable BareAac bare,
            long start,
            Queue<AVPacket> ready) {
        this.carriage = carriage;
        this.source = source;
        this.sourceBase = Av.rational(source.time_base());
        this.name = name;
        this.conversion = conversion;
        this.bare = bare;
        this.timeBase = conversion == null ? sourceBase : Av.rational(conversion.timeBase());
        this.startTicks = Av.rescale(start, FragmentOutput.CLOCK, timeBase);
        this.ready = ready;
    }

    /**
     * The best sound track of an input, or null when it has none that can be decoded.
     *
     * @param start on the output's clock, of the input's first picture
     */
    static @Nullable LiveAudio open(Carriage carriage, String name, long start, Notices notices) {
        int index = av_find_best_stream(
                carriage.input(), AVMEDIA_TYPE_AUDIO, -1, carriage.videoStream(), (AVCodec) null, 0);
        if (index < 0) {
            return null;
        }
        AVStream source = carriage.input().streams(index);
        AVCodecParameters parameters = source.codecpar();
        Queue<AVPacket> ready = new ArrayDeque<>();
        if (parameters.codec_id() == AV_CODEC_ID_AAC && parameters.extradata_size() > 0) {
            return new LiveAudio(carriage, source, name, null, null, start, ready);
        }
        if (BareAac.fits(parameters)) {
            return new LiveAudio(carriage, source, name, null, new BareAac(parameters), start, ready);
        }
        AudioConversion conversion = AudioConversion.open(
                true, notices, name, source, "aac", packet -> ready.add(Av.allocated(av_packet_clone(packet), name)));
        if (conversion == null) {
            notices.warning(name + ": its sound cannot be decoded and is left out");
            return null;
        }
        return new LiveAudio(carriage, source, name, conversion, null, start, ready);
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

    /**
     * Takes what the demultiplexer has delivered by now.
     *
     * @param originMicros time of the input's first picture
     */
    void drain(long originMicros) {
        long origin = Av.rescale(originMicros, MICROS, sourceBase);
        for (AVPacket packet = carriage.packets().poll();
                packet != null;
                packet = carriage.packets().poll()) {
            boolean mine = packet.stream_index() == source.index() && packet.pts() != Av.NO_PTS && packet.size() > 0;
            if (!mine) {
                av_packet_free(packet);
                continue;
            }
            packet.pts(packet.pts() - origin);
            packet.dts(packet.dts() == Av.NO_PTS ? packet.pts() : packet.dts() - origin);
            if (bare != null) {
                copyBare(bare, packet);
            } else if (conversion == null) {
                ready.add(packet);
            } else {
                try {
                    conversion.accept(packet);
                } finally {
                    av_packet_free(packet);
                }
            }
        }
    }

    /** What is damaged is left out, as where it is decoded. */
    private void copyBare(BareAac frames, AVPacket packet) {
        try {
            frames.strip(packet);
            ready.add(packet);
        } catch (StreamException e) {
            av_packet_free(packet);
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
