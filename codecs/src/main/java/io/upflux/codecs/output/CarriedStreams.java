package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.*;

import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.pipeline.Notices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** All streams of the input but the one that is upscaled, on their way into the output. One line for each lost one. */
final class CarriedStreams implements AutoCloseable {
    private static final AVRational MICROSECONDS = new AVRational().num(1).den(1_000_000);

    private final Carriage carriage;
    private final long startMicros;
    private final Container container;
    private final Muxer muxer;
    private final Notices notices;
    private final Map<Integer, Carried> byInput = new HashMap<>();
    private final Map<Integer, Long> offsets = new HashMap<>();
    private final List<Cover> covers = new ArrayList<>();

    private final Map<String, Dropped> dropped = new LinkedHashMap<>();

    private record Cover(AVStream source, int target) {}

    /** Streams of one kind that are lost for one reason; they share a line. */
    private record Dropped(String kind, List<Integer> indices, String reason) {
        String line() {
            String numbers = indices.stream().map(String::valueOf).collect(Collectors.joining(", "));
            return indices.size() == 1
                    ? kind.replaceFirst(" stream", " stream " + numbers) + " is dropped: " + reason
                    : kind.replaceFirst(" stream", " streams " + numbers) + " are dropped: " + reason;
        }
    }

    /** @param startMicros what to subtract from every time */
    CarriedStreams(Carriage carriage, long startMicros, Container container, Muxer muxer, Notices notices) {
        this.carriage = carriage;
        this.startMicros = startMicros;
        this.container = container;
        this.muxer = muxer;
        this.notices = notices;
    }

    /** Adds the output stream of one input stream, if it gets one. */
    void add(AVStream source) {
        String label = StreamPlan.label(source);
        StreamPlan plan = StreamPlan.of(container, source);
        switch (plan.action()) {
            case COPY -> copy(source, label);
            case COVER -> covers.add(new Cover(source, copyDescription(source).index()));
            case COVER_AS_ATTACHMENT -> attachCover(source);
            case ATTACHMENT -> copyDescription(source);
            case CONVERT_AUDIO -> convertAudio(source, label, plan.codec());
            case CONVERT_SUBTITLE -> convertSubtitle(source, label, plan.codec());
            case DROP -> drop(source, plan.reason());
            case SKIP -> {}
        }
    }

    /** To be called when the header is written: cover art comes first. */
    void begin() {
        dropped.values().forEach(drop -> notices.warning(drop.line()));
        for (Cover cover : covers) {
            AVPacket packet = Av.allocated(av_packet_clone(cover.source.attached_pic()), "cover art");
            try {
                packet.pts(0).dts(0);
                muxer.write(packet, cover.target, Av.rational(Av.rational(cover.source.time_base())));
            } finally {
                av_packet_free(packet);
            }
        }
    }

    /** Passes on every packet that the demultiplexer has delivered by now. */
    void drain() {
        for (AVPacket packet = carriage.packets().poll();
                packet != null;
                packet = carriage.packets().poll()) {
            try {
                pass(packet);
            } finally {
                av_packet_free(packet);
            }
        }
    }

    /** After the last {@link #drain()}. */
    void finish() {
        byInput.values().forEach(Carried::finish);
    }

    @Override
    public void close() {
        byInput.values().forEach(Carried::close);
        byInput.clear();
    }

    private void pass(AVPacket packet) {
        Carried carried = byInput.get(packet.stream_index());
        if (carried == null || Priming.isPast(packet, startMicros)) {
            return;
        }
        AVStream source = carriage.input().streams(packet.stream_index());
        long offset = offsets.computeIfAbsent(
                packet.stream_index(), index -> av_rescale_q(startMicros, MICROSECONDS, source.time_base()));
        if (packet.pts() != AV_NOPTS_VALUE) {
            packet.pts(packet.pts() - offset);
        }
        if (packet.dts() != AV_NOPTS_VALUE) {
            packet.dts(packet.dts() - offset);
        }
        carried.accept(packet);
    }

    private void drop(AVStream source, String reason) {
        String kind = StreamPlan.kind(source);
        dropped.computeIfAbsent(kind + reason, key -> new Dropped(kind, new ArrayList<>(), reason))
                .indices()
                .add(source.index());
    }

    private void copy(AVStream source, String label) {
        AVStream target = copyDescription(source);
        Priming.state(container, source, target.codecpar());
        byInput.put(source.index(), new StreamCopy(muxer, notices, label, source, target.index()));
    }

    private AVStream copyDescription(AVStream source) {
        AVStream target = muxer.addStream(Av.rational(source.time_base()));
        ContainerTrial.copyParameters(container, source.codecpar(), target.codecpar());
        Tags.copy(source, target);
        target.sample_aspect_ratio(source.sample_aspect_ratio());
        target.avg_frame_rate(source.avg_frame_rate());
        target.r_frame_rate(source.r_frame_rate());
        return target;
    }

    private void convertAudio(AVStream source, String label, int codec) {
        MuxedTrack track = new MuxedTrack(muxer);
        int rate = container.soundRate();
        AudioConversion conversion =
                AudioConversion.open(muxer.wantsGlobalHeader(), notices, label, source, codec, rate, null, track);
        if (conversion != null) {
            conversion.describeTo(track.add(conversion.timeBase()));
        }
        boolean resampled = rate > 0 && rate != source.codecpar().sample_rate();
        converted(source, label, conversion, codec, resampled ? ", resampled to " + rate + " Hz" : "");
    }

    private void convertSubtitle(AVStream source, String label, int codec) {
        converted(source, label, SubtitleConversion.open(muxer, notices, label, source, codec), codec, "");
    }

    private void converted(AVStream source, String label, @Nullable Carried conversion, int codec, String how) {
        if (conversion == null) {
            drop(source, container + " cannot hold such streams, nor can they be converted");
            return;
        }
        // A conversion adds its stream when both codecs have opened, so it is the newest.
        Tags.copy(source, muxer.newestStream());
        byInput.put(source.index(), conversion);
        String becomes = codec == source.codecpar().codec_id() ? "encoded anew" : "converted to " + name(codec);
        notices.info(label + " is " + becomes + how + ": " + container + " cannot hold it as it is");
    }

    /** Matroska keeps cover art as an attached file, which players show again as cover. */
    private void attachCover(AVStream source) {
        AVStream target = muxer.addStream(Av.rational(source.time_base()));
        AVCodecParameters parameters = target.codecpar();
        boolean png = source.codecpar().codec_id() == AV_CODEC_ID_PNG;
        AVPacket picture = source.attached_pic();
        BytePointer bytes = new BytePointer(av_mallocz(picture.size() + (long) AV_INPUT_BUFFER_PADDING_SIZE));
        Pointer.memcpy(bytes, picture.data(), picture.size());
        parameters.codec_type(AVMEDIA_TYPE_ATTACHMENT);
        parameters.codec_id(source.codecpar().codec_id());
        parameters.extradata(bytes);
        parameters.extradata_size(picture.size());
        Tags.copy(source, target);
        target.disposition(target.disposition() & ~AV_DISPOSITION_ATTACHED_PIC);
        Tags.setDefault(target, "filename", png ? "cover.png" : "cover.jpg");
        Tags.setDefault(target, "mimetype", png ? "image/png" : "image/jpeg");
    }

    private static String name(int codec) {
        return avcodec_get_name(codec).getString();
    }
}
