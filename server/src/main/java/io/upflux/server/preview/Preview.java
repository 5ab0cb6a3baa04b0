package io.upflux.server.preview;

import io.upflux.frame.Rational;
import io.upflux.reuse.WindowShares;
import java.util.List;

/**
 * One frame of a stream.
 *
 * @param frame its number among all upscaled ones since the stream was made, from 1
 * @param pts presentation time in ticks of {@code timeBase}
 * @param width of the whole upscaled picture
 * @param height of the whole upscaled picture
 * @param scale how much it is larger than the source
 * @param latencyNanos from being due to these pictures; 0 when unknown
 * @param windows what became of the frame's windows
 * @param pictures in the order of {@link PreviewKind}
 */
public record Preview(
        long frame,
        long pts,
        Rational timeBase,
        int width,
        int height,
        int scale,
        long latencyNanos,
        WindowShares windows,
        List<PreviewPicture> pictures) {}
