package io.upflux.codecs.output;

import io.upflux.codecs.OutputOptions;
import io.upflux.codecs.ffmpeg.Carriage;
import io.upflux.frame.FrameFormat;
import io.upflux.pipeline.Notices;
import io.upflux.pipeline.StreamException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * How the pictures of one output are encoded: the same for all of it, however many encoders share the work.
 *
 * @param carriage of the input, null for none
 * @param sourceHeight lines before upscaling, 0 when unknown
 */
record Encoding(
        Container container,
        EncoderChoice choice,
        OutputOptions options,
        @Nullable Carriage carriage,
        int sourceHeight,
        Notices notices) {
    /** @throws StreamException when the output cannot be encoded as asked */
    static Encoding of(
            String location, OutputOptions options, @Nullable Carriage carriage, int sourceHeight, Notices notices) {
        Container container = Container.of(location, options.container());
        Integer height = options.height();
        if (height != null && PictureFormat.even(height) != height) {
            notices.info("height " + height + " becomes " + PictureFormat.even(height) + ": sides are even");
        }
        return new Encoding(
                container, new EncoderChoice(container, location, options), options, carriage, sourceHeight, notices);
    }

    /**
     * Opens an encoder.
     *
     * @param frames as {@link EncoderSpec.Request#frames}
     * @throws StreamException when none opens
     */
    VideoTrack open(FrameFormat offered, long frames) {
        boolean turned = carriage != null && carriage.rotation() % 180 != 0;
        FrameFormat sized = PictureFormat.sized(offered, options.height(), turned);
        AVFrame model = carriage == null ? null : carriage.firstFrame();
        return VideoTrack.open(
                choice, options, offered, sized, sourceHeight, frames, model, container.wantsGlobalHeader(), notices);
    }
}
