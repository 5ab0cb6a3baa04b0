package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

import io.upflux.codecs.InputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.input.Demuxer;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/**
 * Packets that arrive in one container and leave in another as they are, their times counted from the first. Sound that the other
 * cannot hold, or that its readers do not play, becomes AAC: servers that take RTMP know little else. One thread, whose
 * interrupt ends what waits for a network.
 */
public final class RemuxedOutput implements AutoCloseable {
    /** All is in the header, or in the first packets: nothing is gained by reading on. */
    private static final Map<String, String> PROBE = Map.of("fpsprobesize", "0");

    /** Every fragment plays by itself until the end turns all into a plain file. */
    private static final Map<String, String> GROWING_MP4 = Map.of("movflags", "+hybrid_fragmented+frag_keyframe");

    /** How long a network may take nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final @Nullable PartialFile file;
    private final Demuxer input;
    private final Muxer muxer;
    private final List<Carried> streams = new ArrayList<>();
    private long packets;
    private boolean finished;

    /**
     * Opens both ends.
     *
     * @param name of the output, for messages
     * @param channel fragmented MP4, or MPEG-TS; closed with this, and when this fails
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
            streams.forEach(Carried::close);
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
            streams.add(takesSound(container, source) ? copied(container, source) : encoded(container, source));
        }
        muxer.context().avoid_negative_ts(AVFormatContext.AVFMT_AVOID_NEG_TS_MAKE_ZERO);
    }

    /** Whether a stream is no sound, or the container has it and those who read it play it. */
    private static boolean takesSound(Container container, AVStream source) {
        int codec = source.codecpar().codec_id();
        return source.codecpar().codec_type() != AVMEDIA_TYPE_AUDIO
                || (container.isFlv() ? codec == AV_CODEC_ID_AAC : container.holds(codec));
    }

    private Carried copied(Container container, AVStream source) {
        if (!container.holds(source.codecpar().codec_id())) {
            throw cannotHold(container, source);
        }
        AVStream target = muxer.addStream(Av.rational(source.time_base()));
        Av.check(avcodec_parameters_copy(target.codecpar(), source.codecpar()), name);
        target.codecpar().codec_tag(0);
        SampleEntry.choose(muxer.context(), target.codecpar());
        target.avg_frame_rate(source.avg_frame_rate());
        target.sample_aspect_ratio(source.codecpar().sample_aspect_ratio());
        return new StreamCopy(muxer, Notices.none(), name, source, target.index());
    }

    private Carried encoded(Container container, AVStream source) {
        MuxedTrack track = new MuxedTrack(muxer);
        AudioConversion conversion = AudioConversion.open(
                muxer.wantsGlobalHeader(), Notices.none(), name, source, AV_CODEC_ID_AAC, 0, null, track);
        if (conversion == null) {
            throw cannotHold(container, source);
        }
        conversion.describeTo(track.add(conversion.timeBase()));
        return conversion;
    }

    private StreamException cannotHold(Container container, AVStream source) {
        return new StreamException(name + ": " + container + " cannot hold "
                + Av.string(avcodec_get_name(source.codecpar().codec_id())));
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
                if (stream < streams.size()) {
                    streams.get(stream).accept(packet);
                    packets++;
                }
                av_packet_unref(packet);
            }
            streams.forEach(Carried::finish);
            muxer.end(() -> {});
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
        streams.forEach(Carried::close);
        muxer.close();
        input.close();
        if (file != null && packets > 0 && !file.isEmpty()) {
            file.publish(1);
        } else if (file != null) {
            file.discard(1);
        }
    }
}
