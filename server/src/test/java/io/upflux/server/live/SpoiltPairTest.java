package io.upflux.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.server.preview.PreviewKind;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpoiltPairTest {
    private static final FrameFormat SMALL = new FrameFormat(
            64,
            36,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    @ParameterizedTest
    @CsvSource({"128, 72, true", "4098, 2304, false"})
    void picturesThatWouldFillTheHeapAreNotKept(int width, int height, boolean kept) throws IOException {
        try (NativeScope scope = new NativeScope()) {
            try (SpoiltPair pair = new SpoiltPair(System::nanoTime);
                    VideoFrame source = scope.frame(SMALL, 0, 1);
                    VideoFrame upscaled = scope.frame(SMALL.withSize(width, height), 0, 1)) {
                pair.keep(source, upscaled);
                assertThat(pair.file(PreviewKind.UPSCALED).isPresent()).isEqualTo(kept);
                assertThat(pair.file(PreviewKind.SOURCE).isPresent()).isEqualTo(kept);
            }
            assertThat(scope.outstanding()).isZero();
        }
    }
}
