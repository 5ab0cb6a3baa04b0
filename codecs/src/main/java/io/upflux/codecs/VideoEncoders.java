package io.upflux.codecs;

import io.upflux.codecs.output.EncoderProbe;
import java.util.List;

/** The video encoders that this build of FFmpeg brings. */
public final class VideoEncoders {
    private VideoEncoders() {}

    /**
     * @param name what {@link OutputOptions#videoCodec()} takes
     * @param codec what it makes, such as {@code h264}
     * @param hardware whether it needs a device
     * @param usable false when a hardware encoder does not open here
     * @param reason why it is not usable, else empty
     */
    public record Encoder(String name, String codec, boolean hardware, boolean usable, String reason) {}

    /** Encoders that Upflux knows how to set up; hardware ones are opened for a moment to see whether they work. */
    public static List<Encoder> available() {
        return EncoderProbe.all();
    }
}
