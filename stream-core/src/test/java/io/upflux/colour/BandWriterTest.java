package io.upflux.colour;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.ColourSpec.ChromaSiting;
import io.upflux.frame.ColourSpec.Range;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandWriterTest {
    private static final int WIDTH = 1030;

    @ParameterizedTest
    @CsvSource({"8,1,1,643", "10,1,1,641", "8,2,2,642", "8,0,0,640", "8,1,0,769", "8,1,1,100"})
    void bandsAreTheRectangleToTheBit(int depth, int shiftX, int shiftY, int height) {
        FrameFormat format = TestFrames.format(
                WIDTH,
                height,
                PixelLayout.yuv(depth, shiftX, shiftY),
                new ColourSpec(2, 2, ColourSpec.BT709, Range.LIMITED, ChromaSiting.LEFT));
        FloatBuffer samples = FloatBuffer.allocate(3 * WIDTH * height);
        Random random = new Random(5);
        for (int i = 0; i < samples.capacity(); i++) {
            samples.put(i, random.nextFloat());
        }
        TileWriter.Samples tile = new TileWriter.Samples(samples, 0, WIDTH, height, 0, 0);
        try (NativeScope scope = new NativeScope();
                VideoFrame whole = scope.frame(format, 0, 1);
                VideoFrame banded = scope.frame(format, 0, 1)) {
            new TileWriter(format, 3, height).write(tile, 0, 0, WIDTH, height, whole);
            new BandWriter(format, 3, height, 5).write(tile, 0, 0, WIDTH, height, banded);
            assertThat(TestFrames.distance(whole, banded)).isZero();
            assertThat(banded.plane(0).data().get(WIDTH / 2)).isNotZero();
        }
    }
}
