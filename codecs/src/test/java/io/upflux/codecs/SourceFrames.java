package io.upflux.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.PixelLayout.Family;
import io.upflux.frame.Plane;
import io.upflux.frame.VideoFrame;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames of sources, each of which a test must give back. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class SourceFrames {
    static final InputOptions DEFAULTS = InputOptions.defaults();

    @TempDir
    Path folder;

    final Collected notices = new Collected();
    final NativeScope scope = new NativeScope();

    @AfterEach
    void everyFrameWasGivenBack() {
        assertThat(scope.reclaim()).isZero();
    }

    /** All frames of a file, for the caller to close. */
    List<VideoFrame> read(Path clip, InputOptions options) {
        try (MediaSource source = MediaSource.open(clip.toString(), options, notices)) {
            List<VideoFrame> frames = source.frames(scope).collectList().block();
            return frames == null ? List.of() : frames;
        }
    }

    /** Samples of all frames in FFmpeg's raw order. */
    static byte[] bytes(List<VideoFrame> frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (VideoFrame frame : frames) {
            boolean rgb = frame.format().layout().family() == Family.RGB;
            int[] order = rgb ? new int[] {1, 2, 0} : new int[] {0, 1, 2, 3};
            for (int i = 0; i < frame.planes().size(); i++) {
                Plane plane = frame.plane(order[i]);
                byte[] row = new byte[plane.width() * frame.format().layout().bytesPerSample()];
                for (int y = 0; y < plane.height(); y++) {
                    plane.data().get(y * plane.stride(), row);
                    all.writeBytes(row);
                }
            }
        }
        return all.toByteArray();
    }
}
