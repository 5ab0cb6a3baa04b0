package io.upflux.codecs.output;

import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.ffmpeg.Av;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** Encodes frames and writes them, with all other streams of the input, into one container. */
public final class VideoOutput implements FrameSink {
    private final String location;
    private final OutputOptions options;
    private final Container container;
    private final EncoderChoice choice;
    private final @Nullable PartialFile file;
    private final @Nullable Carriage carriage;
    private final long startMicros;
    private final int sourceHeight;
    private final Notices notices;

    private volatile boolean interrupted;
    private volatile @Nullable Muxer muxer;
    private @Nullable VideoTrack video;
    private @Nullable CarriedStreams carried;
    private @Nullable AVRational timeBase;
    private int videoIndex;
    private long startTicks;
    private long frames;
    private long lost;
    private long nextPts;
    private boolean published;
    private boolean closed;

    private VideoOutput(
            String location,
            OutputOptions options,
            Container container,
            EncoderChoice choice,
            @Nullable PartialFile file,
            @Nullable Carriage carriage,
            int sourceHeight,
            Notices notices) {
        this.location = location;
        this.options = options;
        this.container = container;
        this.choice = choice;
        this.file = file;
        this.carriage = carriage;
        // What lies before zero (an encoder's priming) stays there, so that nothing else has to move.
        this.startMicros = carriage == null ? 0 : Math.max(0, carriage.startMicros());
        this.sourceHeight = sourceHeight;
        this.notices = notices;
    }

    /**
     * Checks everything that can be checked before the first frame.
     *
     * @param sourceHeight lines of the pictures before upscaling, 0 when unknown
     * @throws StreamException when the output cannot be written as asked
     */
    public static VideoOutput create(
            String location, OutputOptions options, @Nullable Carriage carriage, int sourceHeight, Notices notices) {
        Container container = Container.of(location, options.container());
        EncoderChoice choice = new EncoderChoice(container, location, options);
        boolean isFile = container.kind() == Container.Kind.FILE || container.isImage();
        PartialFile file = isFile
                ? PartialFile.create(
                        location,
                        container.kind() == Container.Kind.IMAGE_SEQUENCE,
                        options.overwrite(),
                        carriage == null ? null : carriage.location())
                : null;
        return new VideoOutput(location, options, container, choice, file, carriage, sourceHeight, notices);
    }

    /** Whether the container of {@code location} tells players to turn the picture. */
    public static boolean carriesRotation(String location, @Nullable String container) {
        return Container.of(location, container).carriesRotation();
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        if (muxer != null) {
            throw new IllegalStateException("opened twice");
        }
        if (file == null && container.kind() == Container.Kind.STDOUT) {
            muxer = new Muxer(container, location, "pipe:1");
        } else {
            muxer = new Muxer(container, location, file == null ? location : file.writtenTo());
        }
        Muxer out = muxer;
        if (interrupted) {
            out.interrupt();
        }
        boolean turned = carriage != null && carriage.rotation() % 180 != 0;
        FrameFormat sized = PictureFormat.sized(offered, options.height(), turned);
        AVFrame model = carriage == null ? null : carriage.firstFrame();
        VideoTrack opened =
                VideoTrack.open(choice, options, offered, sized, sourceHeight, model, out.wantsGlobalHeader(), notices);
        video = opened;
        FrameFormat wanted = opened.wanted();
        addStreams(out, wanted);
        out.begin(muxerOptions(out));
        if (carried != null) {
            carried.begin();
        }
        return wanted;
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            checkInterrupted();
            if (frames == 1 && container.kind() == Container.Kind.IMAGE) {
                throw new StreamException(location + ": more than one frame does not fit into one picture; name a"
                        + " pattern such as out_%05d." + container.extension() + ", or a video file");
            }
            long pts = frame.pts() == VideoFrame.NO_PTS ? nextPts : frame.pts() - startTicks;
            nextPts = pts + Math.max(1, frame.duration());
            frames++;
            opened(video).encode(frame, pts, this::muxVideo);
        }
        if (carried != null) {
            carried.drain();
        }
    }

    @Override
    public void finish() {
        checkInterrupted();
        if (frames == 0) {
            throw new StreamException(location + ": there was no frame to write");
        }
        opened(video).flush(this::muxVideo);
        if (carried != null) {
            carried.drain();
            carried.finish();
        }
        if (lost > 0) {
            notices.warning(location + ": " + lost + " frames with impossible times were left out");
        }
        opened(muxer).end();
        checkInterrupted();
        if (file != null) {
            file.publish(frames - lost);
        }
        published = true;
    }

    @Override
    public void interrupt() {
        interrupted = true;
        Muxer out = muxer;
        if (out != null) {
            out.interrupt();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (video != null) {
            video.close();
        }
        if (carried != null) {
            carried.close();
        }
        Muxer out = muxer;
        if (out != null) {
            out.close();
        }
        if (file != null && !published) {
            file.discard(frames);
        }
    }

    /** In the order of the input's streams; the upscaled one takes the place of its source. */
    private void addStreams(Muxer out, FrameFormat wanted) {
        Carriage input = carriage;
        if (input == null) {
            addVideo(out, wanted, null);
            return;
        }
        AVFormatContext from = input.input();
        CarriedStreams others = new CarriedStreams(input, startMicros, container, out, notices);
        carried = others;
        for (int i = 0; i < from.nb_streams(); i++) {
            if (i == input.videoStream()) {
                addVideo(out, wanted, input);
            } else {
                others.add(from.streams(i));
            }
        }
        Tags.copyGlobal(from, out.context());
        if (container.hasChapters()) {
            Long end = input.endMicros();
            Tags.copyChapters(from, out.context(), startMicros, end);
        } else if (from.nb_chapters() > 0 && !container.isImage()) {
            notices.warning(from.nb_chapters() + " chapters are dropped: " + container + " has none");
        }
    }

    private void addVideo(Muxer out, FrameFormat wanted, @Nullable Carriage input) {
        AVStream stream = out.addStream(wanted.timeBase());
        opened(video).describeTo(stream.codecpar());
        stream.sample_aspect_ratio(stream.codecpar().sample_aspect_ratio());
        if (wanted.frameRate().isKnown()) {
            stream.avg_frame_rate(Av.rational(wanted.frameRate()));
        }
        if (input != null) {
            Tags.copyVideo(input.input().streams(input.videoStream()), stream);
            StreamSideData.copy(input.input().streams(input.videoStream()).codecpar(), stream.codecpar(), notices);
            if (container.carriesRotation()) {
                StreamSideData.turn(stream.codecpar(), input.displayMatrix());
            }
        }
        videoIndex = stream.index();
        timeBase = Av.rational(wanted.timeBase());
        startTicks = Av.rescale(startMicros, new Rational(1, Av.MICROS), wanted.timeBase());
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

    private void muxVideo(AVPacket packet) {
        if (!opened(muxer).write(packet, videoIndex, opened(timeBase))) {
            lost++;
        }
    }

    private void checkInterrupted() {
        if (interrupted) {
            throw new StreamException(location + ": interrupted");
        }
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not opened");
        }
        return part;
    }
}
