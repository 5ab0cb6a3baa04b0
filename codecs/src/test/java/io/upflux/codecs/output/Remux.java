package io.upflux.codecs.output;

import io.upflux.buffer.NativeScope;
import io.upflux.codecs.OutputOptions;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Rational;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Replaces the pictures of a file and carries everything else, as a whole run does. */
final class Remux {
    static final FrameFormat SMALL = new FrameFormat(
            96,
            80,
            PixelLayout.YUV420P,
            ColourSpec.UNKNOWN_LIMITED,
            Rational.ONE,
            new Rational(1, 1000),
            new Rational(25, 1));

    private Remux() {}

    static void run(Path in, Path out, RecordedNotices notices) {
        run(in, out, notices, 0, null, 0);
    }

    static void run(
            Path in, Path out, RecordedNotices notices, long startMicros, @Nullable Long endMicros, int rotation) {
        try (NativeScope scope = new NativeScope();
                TestInput input = new TestInput(in, startMicros, endMicros, rotation);
                VideoOutput output = VideoOutput.create(
                        out.toString(), OutputOptions.defaults(), input.carriage, 80, notices)) {
            FrameFormat offered = new FrameFormat(
                    96, 80, SMALL.layout(), SMALL.colour(), Rational.ONE, input.timeBase, SMALL.frameRate());
            FrameFormat wanted = output.open(offered);
            int number = 0;
            for (long pts : input.videoPts) {
                if (pts < 0 && startMicros > 0) {
                    continue;
                }
                output.write(TestInput.bars(scope, wanted, number++, pts, 0));
            }
            output.finish();
        }
    }
}
