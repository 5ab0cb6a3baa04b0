package io.upflux.codecs;

import io.upflux.codecs.output.VideoOutput;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to a video file, a stream, or pictures, and takes every other stream of a companion source along.
 *
 * <pre>{@code
 * try (MediaSource source = MediaSource.open("in.mp4", ...);
 *         MediaSink sink = MediaSink.create("out.mkv", OutputOptions.defaults(), source, notices)) {
 *     FrameFormat wanted = sink.open(source.format());
 *     source.frames(scope).doOnNext(sink::write).blockLast();
 *     sink.finish();
 * }
 * }</pre>
 *
 * <p>A file is written beside its final name and gets it in {@link #finish()}; {@link #close()} without it removes what
 * there is. The companion must stay open until the sink is closed.
 */
public final class MediaSink implements FrameSink {
    private final VideoOutput output;

    private MediaSink(VideoOutput output) {
        this.output = output;
    }

    /**
     * @param location path; numbered pattern such as {@code out_%05d.png}; {@code -} for standard output; or URL
     * @param companion whose audio, subtitles, chapters, attachments, tags and rotation go along; null for none
     * @throws StreamException when the output exists, is the input, or cannot be written, when no container or encoder
     *     of that name exists, or when one cannot hold the other or does not know an option
     */
    public static MediaSink create(
            String location, OutputOptions options, @Nullable MediaSource companion, Notices notices) {
        VideoOutput output = companion == null
                ? VideoOutput.create(location, options, null, 0, notices)
                : VideoOutput.create(
                        location,
                        options,
                        companion.carriage(),
                        companion.format().height(),
                        notices);
        return new MediaSink(output);
    }

    /**
     * Whether players will turn pictures in this kind of output, so that a source need not turn the pixels: MP4, MOV
     * and Matroska.
     *
     * @throws StreamException when the name says no container
     */
    public static boolean carriesRotation(String location) {
        return VideoOutput.carriesRotation(location, null);
    }

    /**
     * Whether a location holds one picture: not several under numbers, and no video.
     *
     * @throws StreamException when the name says no container
     */
    public static boolean holdsOnePicture(String location) {
        return VideoOutput.holdsOnePicture(location, null);
    }

    /** @param progress told while the end is written, which may take as long as all before: MP4 moves it to the front */
    public void finishing(Runnable progress) {
        output.finishing(progress);
    }

    /**
     * Has a file looked at before it gets its name.
     *
     * @param check given where the whole file lies till then, as FFmpeg opens it; when it fails, so does {@link #finish()}, and
     *     what is there under the name stays. Never called for what is not written to a regular file
     */
    public void checked(Consumer<String> check) {
        output.checked(check);
    }

    /** What is written; empty until the first frame can be. */
    public OutputStreams streams() {
        return output.streams();
    }

    @Override
    public FrameFormat open(FrameFormat offered) {
        return output.open(offered);
    }

    @Override
    public void write(VideoFrame frame) {
        output.write(frame);
    }

    @Override
    public void finish() {
        output.finish();
    }

    @Override
    public void interrupt() {
        output.interrupt();
    }

    @Override
    public void close() {
        output.close();
    }
}
