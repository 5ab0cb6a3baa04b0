package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.codecs.VideoEncoders.Encoder;
import java.util.List;
import org.junit.jupiter.api.Test;

class VideoEncodersTest {
    @Test
    void listsSoftwareEncodersAsUsable() {
        List<Encoder> encoders = VideoEncoders.available();

        assertThat(encoders)
                .filteredOn(encoder -> !encoder.hardware())
                .allMatch(Encoder::usable)
                .extracting(Encoder::name)
                .contains("libopenh264", "libsvtav1", "libvpx-vp9", "ffv1", "png");
        assertThat(encoders)
                .filteredOn(encoder -> encoder.name().equals("libsvtav1"))
                .singleElement()
                .satisfies(encoder -> assertThat(encoder.codec()).isEqualTo("av1"));
    }

    @Test
    void givesAReasonForHardwareThatDoesNotWork() {
        assertThat(VideoEncoders.available())
                .filteredOn(Encoder::hardware)
                .allMatch(encoder -> encoder.usable() == encoder.reason().isEmpty());
    }
}
