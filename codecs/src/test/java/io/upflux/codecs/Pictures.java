package io.upflux.codecs;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.Notices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/** Everything a source emits, copied to the heap; fails when a native buffer is left over. */
final class Pictures {
    private Pictures() {}

    /**
     * One frame.
     *
     * @param samples rows of each plane without padding, in the order of the layout
     */
    record Picture(FrameFormat format, long pts, long duration, List<byte[]> samples) {
        /** 8 or 16 bit sample. */
        int sample(int plane, int x, int y) {
            byte[] bytes = samples.get(plane);
            int index = y * format.planeWidth(plane) + x;
            return format.layout().bytesPerSample() == 1
                    ? bytes[index] & 0xff
                    : (bytes[2 * index] & 0xff) | (bytes[2 * index + 1] & 0xff) << 8;
        }
    }

    static List<Picture> read(Path file, InputOptions options, Notices notices) {
        return read(file.toString(), options, notices);
    }

    static List<Picture> read(String location, InputOptions options, Notices notices) {
        NativeScope scope = new NativeScope();
        try (MediaSource source = MediaSource.open(location, options, notices)) {
            return read(source.frames(scope));
        } finally {
            int lost = scope.reclaim();
            if (lost != 0) {
                throw new AssertionError(lost + " native buffers were not released");
            }
        }
    }

    private static List<Picture> read(Flux<VideoFrame> frames) {
        List<Picture> pictures = new ArrayList<>();
        frames.doOnNext(frame -> {
                    try (frame) {
                        pictures.add(copy(frame));
                    }
                })
                .blockLast();
        return pictures;
    }

    private static Picture copy(VideoFrame frame) {
        List<byte[]> samples = new ArrayList<>();
        int size = frame.format().layout().bytesPerSample();
        for (Plane plane : frame.planes()) {
            byte[] bytes = new byte[plane.width() * plane.height() * size];
            for (int y = 0; y < plane.height(); y++) {
                plane.data().get(y * plane.stride(), bytes, y * plane.width() * size, plane.width() * size);
            }
            samples.add(bytes);
        }
        return new Picture(frame.format(), frame.pts(), frame.duration(), samples);
    }
}
