package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.frame.Rational;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/** The sound of a live stream in one codec, on the output's clock. One thread. */
final class SoundTrack implements AutoCloseable {
    private final String name;
    private final @Nullable AVStream source;
    private final SoundFeed feed;
    private final Queue<AVPacket> ready;
    private final Rational timeBase;
    private final long startTicks;

    private SoundTrack(String name, @Nullable AVStream source, long start, SoundFeed feed, Queue<AVPacket> ready) {
        this.name = name;
        this.source = source;
        this.feed = feed;
        this.ready = ready;
        this.timeBase = feed.timeBase();
        this.startTicks = Av.rescale(start, FragmentOutput.CLOCK, timeBase);
    }

    /**
     * The track of what a feed makes.
     *
     * @param name for messages
     * @param source of what the feed takes; null for nothing
     * @param start on the output's clock, of the input's first picture, from which the feed's times count
     * @param opener of the feed, told where its packets go; the feed is closed with this
     * @return null when the opener gives none
     */
    static @Nullable SoundTrack of(
            String name,
            @Nullable AVStream source,
            long start,
            Function<Consumer<AVPacket>, @Nullable SoundFeed> opener) {
        Queue<AVPacket> ready = new ArrayDeque<>();
        SoundFeed feed = opener.apply(packet -> ready.add(Av.allocated(av_packet_clone(packet), name)));
        return feed == null ? null : new SoundTrack(name, source, start, feed, ready);
    }

    void describeTo(AVCodecParameters parameters) {
        feed.describeTo(parameters);
    }

    /** Whether a decoder set up for other sound can go on with this. */
    boolean isLike(AVCodecParameters other) {
        AVCodecParameters own = Av.allocated(avcodec_parameters_alloc(), name);
        try {
            describeTo(own);
            return StreamLikeness.of(own, other);
        } finally {
            avcodec_parameters_free(own);
        }
    }

    /** Of the packets that come out. */
    Rational timeBase() {
        return timeBase;
    }

    /** Whether a packet is the source's. */
    boolean isOf(AVPacket packet) {
        return source != null && packet.stream_index() == source.index();
    }

    /** Takes a packet of the source, its times counted from the first picture; the caller frees it. */
    void accept(AVPacket packet) {
        feed.accept(packet);
    }

    /** The next packet that begins before an instant of the output's clock, owned by the caller; null for none. */
    @Nullable
    AVPacket next(long before) {
        feed.reach(Av.rescale(before, FragmentOutput.CLOCK, timeBase) - startTicks);
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
        feed.close();
    }
}
