package io.upflux.codecs.output;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.OutputOptions;
import io.upflux.colour.FrameConverter;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Frames of one format, each as a JPEG picture in memory. */
public final class JpegOutput implements AutoCloseable {
    /** Of FFmpeg's quantiser scale from 1, the best, to 31: for a look, not for keeping. */
    private static final int QUALITY = 4;

    private final VideoTrack track;
    private final FrameConverter converter;
    private final NativeScope scope = new NativeScope();
    private long pictures;

    public JpegOutput(FrameFormat format) {
        FrameFormat stated =
                format.withColour(format.colour().withMatrix(format.colour().effectiveMatrix(format.height())));
        // A single thread gives each picture back at once.
        OutputOptions options = OutputOptions.defaults().withCrf(QUALITY).withThreads(1);
        EncoderChoice choice = new EncoderChoice(Container.of("frame.jpg", null), "frame.jpg", options);
        track = VideoTrack.open(choice, options, stated, stated, 0, 0, null, false, Notices.none());
        converter = new FrameConverter(stated, track.wanted(), format.height());
    }

    /** The picture; the frame stays the caller's. */
    public ByteBuffer encode(VideoFrame frame) {
        @Nullable ByteBuffer[] result = new ByteBuffer[1];
        try (VideoFrame picture = scope.frame(track.wanted(), pictures, 1)) {
            converter.convert(frame, picture);
            track.encode(picture, pictures++, packet -> {
                byte[] bytes = new byte[packet.size()];
                packet.data().capacity(packet.size()).get(bytes);
                result[0] = ByteBuffer.wrap(bytes);
            });
        }
        ByteBuffer bytes = result[0];
        if (bytes == null) {
            throw new StreamException("the JPEG encoder gave no picture");
        }
        return bytes;
    }

    @Override
    public void close() {
        track.close();
        scope.close();
    }
}
