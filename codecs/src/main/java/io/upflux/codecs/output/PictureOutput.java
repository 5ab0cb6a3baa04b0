package io.upflux.codecs.output;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.PictureType;
import io.upflux.codecs.output.EncoderChoice.Candidate;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.StreamException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Frames of one format, each as a picture in memory; FFmpeg's scaler brings them into shape in one go. */
public final class PictureOutput implements AutoCloseable {
    /** Of FFmpeg's quantiser scale from 1, the best, to 31. */
    private static final int JPEG_QUALITY = 4;

    private static final Map<String, String> WEBP = Map.of("quality", "80", "compression_level", "2");

    private final PictureLoader loader;
    private final FrameEncoder encoder;
    private long pictures;

    /** @throws StreamException when no encoder takes the frames */
    public PictureOutput(FrameFormat format, PictureType type, int width, int height) {
        FrameFormat stated =
                format.withColour(format.colour().withMatrix(format.colour().effectiveMatrix(format.height())));
        String name = "frame." + type.extension();
        // A single thread gives each picture back at once.
        OutputOptions options = OutputOptions.defaults().withThreads(1);
        Candidate candidate = new EncoderChoice(Container.of(name, null), name, options)
                .candidates(format.layout(), width, height)
                .get(0);
        boolean jpeg = type == PictureType.JPEG;
        FrameFormat encoded = PictureFormat.wanted(stated, candidate.layout().layout(), jpeg, 0, height)
                .withSize(width, height);
        EncoderSpec.Request request = new EncoderSpec.Request(
                jpeg ? JPEG_QUALITY : null, null, format.frameRate().toDouble(), options.threads(), 0);
        Map<String, String> own = type == PictureType.WEBP ? WEBP : Map.of();
        encoder = FrameEncoder.open(candidate, encoded, request, own, false, StaticHdr.NONE);
        loader = new PictureLoader(stated, encoded, candidate.layout().pixelFormat());
    }

    /** The picture; the frame stays the caller's. */
    public ByteBuffer encode(VideoFrame frame) {
        @Nullable ByteBuffer[] result = new ByteBuffer[1];
        encoder.encode(loader.load(frame), pictures++, 1, true, packet -> {
            byte[] bytes = new byte[packet.size()];
            packet.data().capacity(packet.size()).get(bytes);
            result[0] = ByteBuffer.wrap(bytes);
        });
        ByteBuffer bytes = result[0];
        if (bytes == null) {
            throw new StreamException("the encoder gave no picture");
        }
        return bytes;
    }

    @Override
    public void close() {
        loader.close();
        encoder.close();
    }
}
