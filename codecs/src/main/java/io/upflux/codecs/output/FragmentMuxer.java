package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.*;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.AvOptions;
import io.upflux.frame.Rational;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/** One container in memory, cut wherever its user wants. One thread. */
final class FragmentMuxer implements AutoCloseable {
    private final String name;
    private final AVFormatContext context = new AVFormatContext(null);
    private final MemoryIo memory;
    private final List<PacketOrder> orders = new ArrayList<>();
    private final AVPacket scratch = av_packet_alloc();
    private boolean headerWritten;

    /**
     * @param name for messages
     * @param format FFmpeg's name of the container
     */
    FragmentMuxer(String name, String format) {
        this.name = name;
        Av.check(avformat_alloc_output_context2(context, null, format, (String) null), name);
        memory = new MemoryIo(name);
        memory.attach(context);
        // Times are the output clock's, in every container the same.
        context.avoid_negative_ts(0);
    }

    /** @param timeBase of its packets; the muxer may store another */
    void addStream(AVCodecParameters parameters, Rational timeBase) {
        AVStream stream = avformat_new_stream(context, null);
        if (stream == null || stream.isNull()) {
            throw new StreamException(name + ": out of memory");
        }
        Av.check(avcodec_parameters_copy(stream.codecpar(), parameters), name);
        stream.codecpar().codec_tag(0);
        SampleEntry.choose(context, stream.codecpar());
        stream.time_base(Av.rational(timeBase));
        stream.sample_aspect_ratio(parameters.sample_aspect_ratio());
        orders.add(new PacketOrder());
    }

    /** Writes and returns what comes before the first fragment; empty where there is no such thing. */
    ByteBuffer begin(Map<String, String> settings) {
        try (AvOptions options = new AvOptions(settings)) {
            Av.check(avformat_write_header(context, options.dictionary()), name);
        }
        headerWritten = true;
        return memory.take();
    }

    /**
     * Writes a packet.
     *
     * @param packet stays as it is
     * @param timeBase of the packet's times
     * @return false when its times were beyond repair and it was left out
     */
    boolean write(AVPacket packet, int stream, AVRational timeBase) {
        Av.check(av_packet_ref(scratch, packet), name);
        try {
            AVStream target = context.streams(stream);
            av_packet_rescale_ts(scratch, timeBase, target.time_base());
            if (!orders.get(stream).admit(scratch, target)) {
                return false;
            }
            scratch.stream_index(stream).pos(-1);
            Av.check(av_write_frame(context, scratch), name);
            return true;
        } finally {
            av_packet_unref(scratch);
        }
    }

    /** MPEG-TS: the next packet is preceded by the tables that a reader must have seen. */
    void repeatTables() {
        Av.check(av_opt_set(context, "mpegts_flags", "resend_headers", AV_OPT_SEARCH_CHILDREN), name);
    }

    /** Ends the fragment and returns it. */
    ByteBuffer cut() {
        Av.check(av_write_frame(context, null), name);
        return memory.take();
    }

    @Override
    public void close() {
        if (headerWritten) {
            // Only to make the muxer free what it keeps.
            av_write_trailer(context);
        }
        context.pb(null);
        avformat_free_context(context);
        memory.close();
        av_packet_free(scratch);
    }
}
