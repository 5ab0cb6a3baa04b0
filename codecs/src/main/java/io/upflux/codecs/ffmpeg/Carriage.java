package io.upflux.codecs.ffmpeg;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * What a sink takes over from a source besides its pictures: the description of the input and the packets of all its
 * other streams.
 *
 * <p>The demux thread fills the packet queue, the sink's thread drains it; a packet in the queue belongs to whoever
 * polls it. Everything else is read-only and valid until the source is closed.
 */
public final class Carriage implements AutoCloseable {
    private final AVFormatContext input;
    private final int videoStream;
    private final String location;
    private final long startMicros;
    private final @Nullable Long endMicros;
    private final DisplayMatrix displayMatrix;
    private final AVFrame firstFrame;
    private final Queue<AVPacket> packets = new ConcurrentLinkedQueue<>();
    private final List<Carriage> shares = new CopyOnWriteArrayList<>();
    private volatile boolean wanted = true;
    private boolean decodedElsewhere;
    private @Nullable AVStream decodedSound;

    /**
     * @param startMicros what to subtract from every time stamp, in microseconds
     * @param endMicros first instant that is not wanted, before subtraction; null for all
     * @param displayMatrix how players shall turn the picture; the identity when the pixels were turned instead
     * @param firstFrame properties and side data of the first decoded frame (no pixels); owned by the carriage
     */
    public Carriage(
            AVFormatContext input,
            int videoStream,
            String location,
            long startMicros,
            @Nullable Long endMicros,
            DisplayMatrix displayMatrix,
            AVFrame firstFrame) {
        this.input = input;
        this.videoStream = videoStream;
        this.location = location;
        this.startMicros = startMicros;
        this.endMicros = endMicros;
        this.displayMatrix = displayMatrix;
        this.firstFrame = firstFrame;
    }

    public AVFormatContext input() {
        return input;
    }

    public int videoStream() {
        return videoStream;
    }

    public String location() {
        return location;
    }

    public long startMicros() {
        return startMicros;
    }

    public @Nullable Long endMicros() {
        return endMicros;
    }

    public DisplayMatrix displayMatrix() {
        return displayMatrix;
    }

    /** The turn of {@link #displayMatrix} in degrees counter-clockwise, 0 to 359. */
    public int rotation() {
        return displayMatrix.degrees();
    }

    public AVFrame firstFrame() {
        return firstFrame;
    }

    /**
     * Says that somebody else has decoded the sound: nobody decodes it here. To be called before any {@link #share}.
     *
     * @param samples a stream of them, in the same time base; null where they could not be had
     */
    public void decodedSound(@Nullable AVStream samples) {
        decodedElsewhere = true;
        decodedSound = samples;
    }

    /** What to decode for the sake of a sound track: its samples, where somebody has decoded it already; null for nothing. */
    public @Nullable AVStream decoded(AVStream sound) {
        return decodedElsewhere ? decodedSound : sound;
    }

    /** Owned packets of all streams but the video, in the input's time base and with the input's stream index. */
    public Queue<AVPacket> packets() {
        return packets;
    }

    /** The same for one more sink, which gets all packets, too. Closed with this. */
    public Carriage share() {
        AVFrame properties = Av.allocated(avutil.av_frame_alloc(), location);
        avutil.av_frame_copy_props(properties, firstFrame);
        Carriage share = new Carriage(input, videoStream, location, startMicros, endMicros, displayMatrix, properties);
        share.decodedElsewhere = decodedElsewhere;
        share.decodedSound = decodedSound;
        packets.forEach(packet -> share.packets.add(Av.allocated(avcodec.av_packet_clone(packet), location)));
        shares.add(share);
        return share;
    }

    /** Takes over a packet, for everybody who will drain a queue. */
    public void add(AVPacket packet) {
        for (Carriage share : shares) {
            if (share.wanted) {
                share.packets.add(Av.allocated(avcodec.av_packet_clone(packet), location));
            }
        }
        if (wanted) {
            packets.add(packet);
        } else {
            avcodec.av_packet_free(packet);
        }
    }

    /** Whether anybody will drain a queue. */
    public boolean isWanted() {
        return wanted || shares.stream().anyMatch(Carriage::isWanted);
    }

    /** Nobody will drain the queue: frees what is in it and tells the demux thread not to add more. */
    public void abandon() {
        wanted = false;
        skip();
    }

    /** Frees what is in the queue. */
    public void skip() {
        for (AVPacket packet = packets.poll(); packet != null; packet = packets.poll()) {
            avcodec.av_packet_free(packet);
        }
    }

    @Override
    public void close() {
        shares.forEach(Carriage::close);
        abandon();
        if (!firstFrame.isNull()) {
            avutil.av_frame_free(firstFrame);
        }
    }
}
