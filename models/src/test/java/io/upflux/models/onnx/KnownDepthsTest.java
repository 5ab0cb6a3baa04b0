package io.upflux.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.Rational;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.BlockMatch;
import io.upflux.reuse.Origins;
import io.upflux.reuse.WindowGrid;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownDepthsTest {
    private static final int BLOCKS = 8;
    private static final FrameFormat FORMAT = new FrameFormat(
            64,
            48,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 25),
            new Rational(25, 1));

    @Test
    void depthsFollowTheContentAndWhatIsNewPassesAllBlocks() {
        KnownDepths known = new KnownDepths(64, 48, BLOCKS);
        try (NativeScope scope = new NativeScope()) {
            VideoFrame first = noise(scope, 0);
            VideoFrame second = noise(scope, 8);
            BlockMatch match = new BlockMatch(FORMAT);
            BitSet all = new BitSet();
            all.set(0, WindowGrid.of(FORMAT).windows());
            known.move(next(match, first, all));
            assertThat(known.at(24, 16))
                    .as("of the first picture nothing is known")
                    .isEqualTo((byte) BLOCKS);
            known.found(24, 16, (byte) 3);
            known.found(40, 32, (byte) 5);
            BitSet some = new BitSet();
            some.set(2 * 8 + 4);
            Origins origins = next(match, second, some);
            known.move(origins);
            assertThat(known.at(32, 16)).as("came from the window to its left").isEqualTo((byte) 3);
            assertThat(known.at(40, 32)).as("was not searched, so it stays").isEqualTo((byte) 5);
            known.move(origins);
            assertThat(known.at(32, 16)).as("once a picture").isEqualTo((byte) 3);
            assertThat(known.at(-8, 0)).as("beyond the picture").isEqualTo((byte) BLOCKS);
            first.close();
            second.close();
        }
    }

    private static Origins next(BlockMatch match, VideoFrame frame, BitSet windows) {
        Origins origins = new Origins(WindowGrid.of(FORMAT));
        match.next(frame, windows, origins);
        return origins;
    }

    /** Noise that moves to the right. */
    private static VideoFrame noise(NativeScope scope, int moved) {
        VideoFrame frame = scope.frame(FORMAT, 0, 1);
        for (Plane plane : frame.planes()) {
            Random random = new Random(9);
            int shift = plane.width() == FORMAT.width() ? moved : moved / 2;
            for (int y = 0; y < plane.height(); y++) {
                for (int x = 0; x < plane.width(); x++) {
                    int to = (x + shift) % plane.width();
                    plane.data().put(y * plane.stride() + to, (byte) (40 + random.nextInt(160)));
                }
            }
        }
        return frame;
    }
}
