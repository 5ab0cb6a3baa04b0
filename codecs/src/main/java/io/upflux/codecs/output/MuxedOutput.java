package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_ATTACHMENT;
import static org.bytedeco.ffmpeg.global.avutil.av_get_media_type_string;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_q;

import io.upflux.codecs.OutputStreams;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Rational;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/**
 * An output while it is written: packets of one video stream, wherever they come from, and all other streams of the
 * input, in one container. One thread, except {@link #interrupt}.
 */
final class MuxedOutput implements AutoCloseable {
    private final String location;
    private final Container container;
    private final @Nullable PartialFile file;
    private final @Nullable Carriage carriage;
    private final long startMicros;
    private final Notices notices;

    private volatile boolean interrupted;
    private volatile @Nullable Muxer muxer;
    private @Nullable CarriedStreams carried;
    private @Nullable AVRational timeBase;
    private int videoIndex;
    private long startTicks;
    private final Map<String, Integer> streams = new LinkedHashMap<>();
    private long packets;
    private long lost;
    private boolean closed;

    private MuxedOutput(
            String location,
            Container container,
            @Nullable PartialFile file,
            @Nullable Carriage carriage,
            Notices notices) {
        this.location = location;
        this.container = container;
        this.file = file;
        this.carriage = carriage;
        // What lies before zero (an encoder's priming) stays there, so that nothing else has to move.
        this.startMicros = carriage == null ? 0 : Math.max(0, carriage.startMicros());
        this.notices = notices;
    }

    /** @throws StreamException when the output exists and shall stay, is the input, or cannot be made */
    static MuxedOutput create(
            String location, Container container, boolean overwrite, @Nullable Carriage carriage, Notices notices) {
        boolean isFile = container.kind() == Container.Kind.FILE || container.isImage();
        PartialFile file = isFile
                ? PartialFile.create(
                        location,
                        container.kind() == Container.Kind.IMAGE_SEQUENCE,
                        overwrite,
                        carriage == null ? null : carriage.location())
                : null;
        return new MuxedOutput(location, container, file, carriage, notices);
    }

    /** Adds all streams and writes what comes before the first packet. */
    void begin(VideoTrack video) {
        if (muxer != null) {
            throw new IllegalStateException("opened twice");
        }
        boolean stdout = file == null && container.kind() == Container.Kind.STDOUT;
        Muxer out = new Muxer(container, location, stdout ? "pipe:1" : file == null ? location : file.writtenTo());
        muxer = out;
        if (interrupted) {
            out.interrupt();
        }
        addStreams(out, video);
        count(out);
        out.begin(muxerOptions(out));
        if (carried != null) {
            carried.begin();
        }
    }

    /** What was added; empty before {@link #begin}. */
    OutputStreams streams() {
        return new OutputStreams(container.isFlv() ? null : videoIndex, streams);
    }

    /** Ticks of the video's time base that lie before the output's zero. */
    long startTicks() {
        return startTicks;
    }

    /** Writes a packet of the video, in its time base; emptied. */
    void write(AVPacket packet) {
        Muxer out = opened(muxer);
        if (packets == 0 && container.isAvi()) {
            holdPlace(out, packet.dts());
        }
        if (out.write(packet, videoIndex, opened(timeBase))) {
            packets++;
        } else {
            lost++;
        }
    }

    /** AVI counts from its first packet on: an empty one stands where there is no picture yet. */
    private void holdPlace(Muxer out, long firstDts) {
        AVRational ticks = out.context().streams(videoIndex).time_base();
        if (av_rescale_q(firstDts, opened(timeBase), ticks) <= 0) {
            return;
        }
        AVPacket empty = Av.allocated(av_packet_alloc(), location);
        try {
            empty.pts(0).dts(0);
            out.write(empty, videoIndex, opened(timeBase));
        } finally {
            av_packet_free(empty);
        }
    }

    /** Writes what has been read of the other streams by now. */
    void drain() {
        if (carried != null) {
            carried.drain();
        }
    }

    /**
     * All packets of the video are written and all others read: gives the output its name.
     *
     * @param progress told while the end is written
     * @param check of the whole file before it has its name, by the address it has till then: fails when it is not to get it
     */
    void finish(Runnable progress, Consumer<String> check) {
        checkInterrupted();
        if (carried != null) {
            carried.drain();
            carried.finish();
        }
        if (lost > 0) {
            notices.warning(location + ": " + lost + " frames with impossible times were left out");
        }
        opened(muxer).end(progress);
        if (file != null) {
            check.accept(file.writtenTo());
            checkInterrupted();
            file.publish(packets);
        }
    }

    void interrupt() {
        interrupted = true;
        Muxer out = muxer;
        if (out != null) {
            out.interrupt();
        }
    }

    void checkInterrupted() {
        if (interrupted) {
            throw new StreamException(location + ": interrupted");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (carried != null) {
            carried.close();
        }
        Muxer out = muxer;
        if (out != null) {
            out.close();
        }
        if (file != null) {
            file.discard(packets);
        }
    }

    /** In the order of the input's streams; the upscaled one takes the place of its source. */
    private void addStreams(Muxer out, VideoTrack video) {
        Carriage input = carriage;
        if (input == null) {
            addVideo(out, video, null);
            return;
        }
        AVFormatContext from = input.input();
        CarriedStreams others = new CarriedStreams(input, startMicros, container, out, notices);
        carried = others;
        for (int i = 0; i < from.nb_streams(); i++) {
            if (i == input.videoStream()) {
                addVideo(out, video, input);
            } else {
                others.add(from.streams(i));
            }
        }
        Tags.copyGlobal(from, out.context());
        List<String> lost = LostTags.of(container, out.context());
        if (!lost.isEmpty()) {
            notices.info(container + " has no place for tags: " + String.join(", ", lost));
        }
        if (container.hasChapters()) {
            Long end = input.endMicros();
            Tags.copyChapters(from, out.context(), startMicros, end);
        } else if (from.nb_chapters() > 0 && !container.isImage()) {
            notices.warning(from.nb_chapters() + " chapters are dropped: " + container + " has none");
        }
    }

    private void addVideo(Muxer out, VideoTrack video, @Nullable Carriage input) {
        FrameFormat format = video.wanted();
        Rational rate = format.frameRate();
        Rational counted = countedRate(rate, input);
        AVStream stream =
                out.addStream(counted.isKnown() ? new Rational(counted.den(), counted.num()) : format.timeBase());
        video.describeTo(stream.codecpar());
        SampleEntry.choose(out.context(), stream.codecpar());
        stream.sample_aspect_ratio(stream.codecpar().sample_aspect_ratio());
        if (rate.isKnown()) {
            stream.avg_frame_rate(Av.rational(rate));
        }
        if (input != null) {
            Tags.copyVideo(input.input().streams(input.videoStream()), stream);
            StreamSideData.copy(input, stream.codecpar(), container.isImage() ? Notices.none() : notices);
            if (container.carriesRotation()) {
                StreamSideData.turn(stream.codecpar(), input.displayMatrix());
            }
        }
        videoIndex = stream.index();
        timeBase = Av.rational(format.timeBase());
        startTicks = Av.rescale(startMicros, new Rational(1, Av.MICROS), format.timeBase());
    }

    /** Of containers that count pictures instead of telling times; unknown for all others. */
    private Rational countedRate(Rational nominal, @Nullable Carriage input) {
        if (container.isAvi() && input != null) {
            // It has room for pictures that stay, so what counts is that all times can be told.
            return Av.rational(input.input().streams(input.videoStream()).r_frame_rate());
        }
        return container.hasFrameRateOnly() ? nominal : Rational.UNKNOWN;
    }

    private void count(Muxer out) {
        for (int i = 0; i < out.context().nb_streams(); i++) {
            AVStream stream = out.context().streams(i);
            int type = stream.codecpar().codec_type();
            boolean cover = (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0;
            if (!cover && type != AVMEDIA_TYPE_ATTACHMENT) {
                streams.merge(String.valueOf(Av.string(av_get_media_type_string(type))), 1, Integer::sum);
            }
        }
    }

    private Map<String, String> muxerOptions(Muxer out) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (container.isIso() && container.kind() == Container.Kind.FILE) {
            boolean freeKeys = carriage != null && Tags.needFreeKeys(carriage.input()) && !hasCover(out);
            settings.put("movflags", freeKeys ? "+faststart+use_metadata_tags" : "+faststart");
        }
        if (container.kind() == Container.Kind.IMAGE) {
            settings.put("update", "1");
        }
        return settings;
    }

    /** Cover art and free tag names exclude each other in MP4's metadata. */
    private static boolean hasCover(Muxer out) {
        for (int i = 0; i < out.context().nb_streams(); i++) {
            if ((out.context().streams(i).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
                return true;
            }
        }
        return false;
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not opened");
        }
        return part;
    }
}
