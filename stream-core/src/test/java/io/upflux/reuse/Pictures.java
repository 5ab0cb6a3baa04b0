package io.upflux.reuse;

import io.upflux.buffer.NativeBuffer;
import io.upflux.buffer.NativeScope;
import io.upflux.frame.ColourSpec;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.PixelLayout;
import io.upflux.frame.Plane;
import io.upflux.frame.TestFrames;
import io.upflux.frame.VideoFrame;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Formats and pictures at random, copies with rows of any length, and what was found of them. */
final class Pictures {
    private Pictures() {}

    static FrameFormat format(int width, int height, PixelLayout layout) {
        return TestFrames.format(width, height, layout, ColourSpec.UNKNOWN_LIMITED);
    }

    static FrameFormat anyFormat(Random random) {
        int depth = random.nextBoolean() ? 8 : 9 + random.nextInt(8);
        boolean alpha = random.nextInt(4) == 0;
        PixelLayout layout = switch (random.nextInt(4)) {
            case 0 -> new PixelLayout(PixelLayout.Family.GRAY, depth, 0, 0, alpha);
            case 1 -> new PixelLayout(PixelLayout.Family.RGB, depth, 0, 0, alpha);
            default -> new PixelLayout(PixelLayout.Family.YUV, depth, random.nextInt(3), random.nextInt(3), alpha);
        };
        return format(1 + random.nextInt(70), 1 + random.nextInt(50), layout);
    }

    /** Any code values at all. */
    static VideoFrame noise(NativeScope scope, FrameFormat format, Random random) {
        VideoFrame frame = loose(scope, format, random);
        for (int p = 0; p < frame.planes().size(); p++) {
            for (int y = 0; y < frame.plane(p).height(); y++) {
                for (int x = 0; x < frame.plane(p).width(); x++) {
                    TestFrames.set(
                            frame, p, x, y, random.nextInt(format.layout().maxValue() + 1));
                }
            }
        }
        return frame;
    }

    /** The same samples in memory of other strides with other bytes between the rows. */
    static VideoFrame copy(NativeScope scope, VideoFrame from, Random random) {
        VideoFrame frame = loose(scope, from.format(), random);
        for (int p = 0; p < frame.planes().size(); p++) {
            for (int y = 0; y < frame.plane(p).height(); y++) {
                for (int x = 0; x < frame.plane(p).width(); x++) {
                    TestFrames.set(frame, p, x, y, TestFrames.get(from, p, x, y));
                }
            }
        }
        return frame;
    }

    /** Adds {@code delta} to a sample, away from the end of the range that it would leave. */
    static void shift(VideoFrame frame, int plane, int x, int y, int delta) {
        int max = frame.format().layout().maxValue();
        int old = TestFrames.get(frame, plane, x, y);
        int changed = old + delta < 0 || old + delta > max ? old - delta : old + delta;
        TestFrames.set(frame, plane, x, y, Math.min(Math.max(changed, 0), max));
    }

    /** How many windows are in {@code state}. */
    static int count(Changes changes, WindowState state) {
        return (int) IntStream.range(0, changes.grid().windows())
                .filter(window -> changes.state(window) == state)
                .count();
    }

    private static VideoFrame loose(NativeScope scope, FrameFormat format, Random random) {
        int size = format.layout().bytesPerSample();
        int planes = format.layout().planes();
        int[] strides = new int[planes];
        int total = 0;
        for (int p = 0; p < planes; p++) {
            strides[p] = (format.planeWidth(p) + random.nextInt(12)) * size;
            total += strides[p] * format.planeHeight(p);
        }
        NativeBuffer memory = scope.allocate(total);
        for (int i = 0; i < total; i++) {
            memory.bytes().put(i, (byte) random.nextInt());
        }
        List<Plane> views = new ArrayList<>();
        int at = 0;
        for (int p = 0; p < planes; p++) {
            // The last row ends with its last sample.
            int bytes = strides[p] * (format.planeHeight(p) - 1) + format.planeWidth(p) * size;
            views.add(new Plane(
                    memory.bytes().slice(at, bytes).order(ByteOrder.nativeOrder()),
                    strides[p],
                    format.planeWidth(p),
                    format.planeHeight(p)));
            at += strides[p] * format.planeHeight(p);
        }
        return new VideoFrame(format, views, memory, 0, 1);
    }
}
