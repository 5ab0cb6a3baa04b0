package io.upflux.codecs.output;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.OutputStreams;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Encodes frames and writes them, with all other streams of the input, into one container. */
public final class VideoOutput implements FrameSink {
    private final String location;
    private final Encoding encoding;
    private final MuxedOutput output;

    private @Nullable VideoTrack video;
    private Runnable progress = () -> {};
    private Consumer<String> check = whole -> {};
    private long frames;
    private long nextPts;

    private VideoOutput(String location, Encoding encoding, MuxedOutput output) {
        this.location = location;
        this.encoding = encoding;
        this.output = output;
    }

    /**
     * Checks everything that can be checked before the first frame.
     *
     * @param sourceHeight lines of the pictures before upscaling, 0 when unknown
     * @throws StreamException when the output cannot be written as asked
     */
    public static VideoOutput create(
            String location, OutputOptions options, @Nullable Carriage carriage, int sourceHeight, Notices notices) {
        Encoding encoding = Encoding.of(location, options, carriage, sourceHeight, notices);
        return new VideoOutput(
                location,
                encoding,
                MuxedOutput.create(location, encoding.container(), options.overwrite(), carriage, notices));
    }

    /** As {@link MuxedOutput#streams}. */
    public OutputStreams streams() {
        return output.streams();
    }

    /** Who is told while the end is written. */
    public void finishing(Runnable told) {
        progress = told;
    }

    /** Who looks at the whole file, by its address, before it gets its name, and fails when it is not to. */
    public void checked(Consumer<String> looks) {
        check = looks;
    }

    /** Whether the container of {@code location} tells players to turn the picture. */
    public static boolean carriesRotation(String location, @Nullable String container) {
        return Container.of(location, container).carriesRotation();
    }

    /** Whether {@code location} is that of one picture. */
    public static boolean holdsOnePicture(String location, @Nullable String container) {
        return Container.of(location, container).kind() == Container.Kind.IMAGE;
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        VideoTrack opened = encoding.open(offered, 0);
        video = opened;
        output.begin(opened);
        return opened.wanted();
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            output.checkInterrupted();
            Container container = encoding.container();
            if (frames == 1 && container.kind() == Container.Kind.IMAGE) {
                throw new StreamException(location + ": more than one frame does not fit into one picture; name a"
                        + " pattern such as out_%05d." + container.extension() + ", or a video file");
            }
            long pts = frame.pts() == VideoFrame.NO_PTS ? nextPts : frame.pts() - output.startTicks();
            nextPts = pts + Math.max(1, frame.duration());
            frames++;
            opened(video).encode(frame, pts, output::write);
        }
        output.drain();
    }

    @Override
    public void finish() {
        output.checkInterrupted();
        if (frames == 0) {
            throw new StreamException(location + ": there was no frame to write");
        }
        opened(video).flush(output::write);
        output.finish(progress, check);
    }

    @Override
    public void interrupt() {
        output.interrupt();
    }

    @Override
    public void close() {
        VideoTrack open = video;
        video = null;
        if (open != null) {
            open.close();
        }
        output.close();
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not opened");
        }
        return part;
    }
}
