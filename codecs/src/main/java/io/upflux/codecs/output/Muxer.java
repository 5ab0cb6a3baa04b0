package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avformat.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.codecs.ffmpeg.Interrupts;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * One output container: streams are added, then the header, packets and the trailer are written. Every error names the
 * output and carries the system's reason, such as a full disk.
 */
final class Muxer implements AutoCloseable {
    private final Container container;
    private final String location;
    private final String writtenTo;
    private final AVFormatContext context;
    private final Interrupts interrupts = new Interrupts();
    private final List<PacketOrder> orders = new ArrayList<>();
    private @Nullable Duration patience;
    private boolean open;
    private boolean headerWritten;
    private boolean failed;

    /**
     * @param location for messages
     * @param writtenTo what FFmpeg opens
     */
    Muxer(Container container, String location, String writtenTo) {
        this.container = container;
        this.location = location;
        this.writtenTo = writtenTo;
        this.context = new AVFormatContext(null);
        Av.check(avformat_alloc_output_context2(context, container.format(), (String) null, writtenTo), location);
        interrupts.watch(context);
        // Lets it hold what its specification calls new, such as TrueHD in MP4.
        context.strict_std_compliance(-2);
    }

    /** From now on, a call fails that takes longer, or whose thread is interrupted. */
    void patience(Duration limit) {
        patience = limit;
        interrupts.heedThread(true);
    }

    AVFormatContext context() {
        return context;
    }

    boolean wantsGlobalHeader() {
        return container.wantsGlobalHeader();
    }

    /** @param timeBase of its packets; the muxer may store another */
    AVStream addStream(Rational timeBase) {
        AVStream stream = avformat_new_stream(context, null);
        if (stream == null || stream.isNull()) {
            throw new StreamException(location + ": out of memory");
        }
        stream.time_base(Av.rational(timeBase));
        orders.add(new PacketOrder());
        return stream;
    }

    AVStream newestStream() {
        return context.streams(context.nb_streams() - 1);
    }

    /**
     * Opens the output and writes what comes before the first packet.
     *
     * @param settings options of the muxer, which win over the container's own
     */
    void begin(Map<String, String> settings) {
        startWaiting();
        if (!container.opensFiles()) {
            AVIOContext io = new AVIOContext(null);
            check(avio_open2(io, writtenTo, AVIO_FLAG_WRITE, context.interrupt_callback(), null));
            context.pb(io);
            open = true;
        }
        Map<String, String> all = new LinkedHashMap<>(container.settings());
        all.putAll(settings);
        try (AvOptions options = new AvOptions(all)) {
            check(avformat_write_header(context, options.dictionary()));
        }
        headerWritten = true;
    }

    /**
     * Writes one packet in its place between the other streams'.
     *
     * @param packet emptied by this call
     * @param timeBase of the packet's times
     * @return false when its times were beyond repair and it was left out
     */
    boolean write(AVPacket packet, int stream, AVRational timeBase) {
        AVStream target = context.streams(stream);
        av_packet_rescale_ts(packet, timeBase, target.time_base());
        if (!orders.get(stream).admit(packet, target)) {
            org.bytedeco.ffmpeg.global.avcodec.av_packet_unref(packet);
            return false;
        }
        packet.stream_index(stream).pos(-1);
        startWaiting();
        check(av_interleaved_write_frame(context, packet));
        checkIo();
        return true;
    }

    /** How many packets of a stream had times that were mended. */
    long mended(int stream) {
        return orders.get(stream).mended();
    }

    /** Writes the end and closes the output. @param progress told of each piece that is read or written for it */
    void end(Runnable progress) {
        startWaiting();
        interrupts.tell(progress);
        check(av_write_trailer(context));
        headerWritten = false;
        checkIo();
        if (open) {
            AVIOContext io = context.pb();
            open = false;
            int rc = avio_close(io);
            context.pb(null);
            check(rc);
        }
    }

    /** Any thread. */
    void interrupt() {
        interrupts.interrupt();
    }

    @Override
    public void close() {
        if (headerWritten && (!failed || container.opensFiles())) {
            // Only to make the muxer free what it keeps; the file is thrown away.
            interrupts.interrupt();
            av_write_trailer(context);
        }
        if (open) {
            avio_close(context.pb());
            context.pb(null);
            open = false;
        }
        avformat_free_context(context);
        interrupts.close();
    }

    private void startWaiting() {
        interrupts.deadline(patience);
    }

    private void checkIo() {
        AVIOContext io = context.pb();
        if (io != null && !io.isNull() && io.error() < 0) {
            check(io.error());
        }
    }

    private void check(int rc) {
        if (rc < 0) {
            failed = true;
            throw new StreamException(
                    location + ": " + (interrupts.isExpired() ? "it does not answer any more" : Av.text(rc)));
        }
    }
}
