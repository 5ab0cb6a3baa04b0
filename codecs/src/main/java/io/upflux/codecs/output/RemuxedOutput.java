package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.input.Demuxer;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * Packets that arrive in one container and leave in another as they are, their times counted from the first. One thread, whose interrupt
 * ends what waits for a network.
 */
public final class RemuxedOutput implements AutoCloseable {
    /** All is in the header, or in the first packet: nothing is gained by reading on. */
    private static final Map<String, String> PROBE = Map.of("fpsprobesize", "0");

    /** Every fragment plays by itself until the end turns all into a plain file. */
    private static final Map<String, String> GROWING_MP4 = Map.of("movflags", "+hybrid_fragmented+frag_keyframe");

    /** How long a network may take nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final @Nullable PartialFile file;
    private final Demuxer input;
    private final Muxer muxer;
    private final List<AVRational> timeBases = new ArrayList<>();
    private long packets;
    private boolean finished;

    /**
     * Opens both ends.
     *
     * @param name of the output, for messages
     * @param channel fragmented MP4; closed with this, and when this fails
     * @param location path or URL of the output, which must not exist
     * @param format FFmpeg's name of its container; null to go by the location
     */
    public RemuxedOutput(String name, ReadableByteChannel channel, String location, @Nullable String format) {
        this.name = name;
        Container container = Container.of(location, format);
        input = new Demuxer(name, channel, InputOptions.defaults().withDemuxerOptions(PROBE));
        PartialFile partial = null;
        Muxer opened = null;
        try {
            boolean isFile = container.kind() == Container.Kind.FILE;
            partial = isFile ? PartialFile.create(location, false, false, null) : null;
            file = partial;
            opened = new Muxer(container, name, partial == null ? location : partial.writtenTo());
            muxer = opened;
            if (!isFile) {
                opened.patience(PATIENCE);
            }
            addStreams(container);
            opened.begin(isFile && container.isIso() ? GROWING_MP4 : Map.of());
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            if (partial != null) {
                partial.discard(1);
            }
            input.close();
            throw e;
        }
    }

    private void addStreams(Container container) {
        AVFormatContext from = input.context();
        for (int i = 0; i < from.nb_streams(); i++) {
            AVStream source = from.streams(i);
            if (!container.holds(source.codecpar().codec_id())) {
                throw new StreamException(name + ": " + container + " cannot hold "
                        + Av.string(avcodec_get_name(source.codecpar().codec_id())));
            }
            AVStream target = muxer.addStream(Av.rational(source.time_base()));
            Av.check(avcodec_parameters_copy(target.codecpar(), source.codecpar()), name);
            target.codecpar().codec_tag(0);
            target.avg_frame_rate(source.avg_frame_rate());
            target.sample_aspect_ratio(source.codecpar().sample_aspect_ratio());
            timeBases.add(Av.rational(Av.rational(source.time_base())));
        }
        muxer.context().avoid_negative_ts(AVFormatContext.AVFMT_AVOID_NEG_TS_MAKE_ZERO);
    }

    /**
     * Copies until the channel ends, and gives the output its end and its name.
     *
     * @throws StreamException when the output takes no more; a file keeps what was written, and its name
     */
    public void run() {
        AVPacket packet = Av.allocated(av_packet_alloc(), name);
        try {
            while (input.read(packet)) {
                int stream = packet.stream_index();
                if (stream < timeBases.size()) {
                    muxer.write(packet, stream, timeBases.get(stream));
                    packets++;
                }
                av_packet_unref(packet);
            }
            muxer.end();
        } finally {
            av_packet_free(packet);
        }
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        finished = true;
        muxer.close();
        input.close();
        if (file != null && packets > 0) {
            file.publish(1);
        } else if (file != null) {
            file.discard(1);
        }
    }
}
