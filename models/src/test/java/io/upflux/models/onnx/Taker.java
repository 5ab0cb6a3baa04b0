package io.upflux.models.onnx;

import io.upflux.frame.FrameFormat;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameSink;
import java.util.List;

/** Keeps luma and chroma of what it gets. */
public record Taker(List<byte[]> frames) implements FrameSink {
    @Override
    public FrameFormat open(FrameFormat offered) {
        return offered;
    }

    @Override
    public void write(VideoFrame frame) {
        try (frame) {
            int size = frame.planes().stream()
                    .mapToInt(plane -> plane.width() * plane.height())
                    .sum();
            byte[] all = new byte[size];
            int at = 0;
            for (Plane plane : frame.planes()) {
                for (int y = 0; y < plane.height(); y++) {
                    plane.data().get(y * plane.stride(), all, at, plane.width());
                    at += plane.width();
                }
            }
            frames.add(all);
        }
    }

    @Override
    public void finish() {}

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
