package io.upflux.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.ReuseMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps some frames until it is closed, and then looks whether they are still whole. */
final class KeepingWatcher implements FrameWatcher {
    final List<Long> seen = new ArrayList<>();
    final List<VideoFrame> kept = new ArrayList<>();
    final int most;
    int closed;

    KeepingWatcher(int most) {
        this.most = most;
    }

    @Override
    public void seen(VideoFrame source, VideoFrame upscaled, ReuseMap reuse, @Nullable HaltingMap halting) {
        assertThat(upscaled.pts()).isEqualTo(source.pts()).isEqualTo(reuse.pts());
        seen.add(source.pts());
        if (kept.size() < most) {
            kept.add(source.retain());
            kept.add(upscaled.retain());
        }
    }

    @Override
    public void close() {
        closed++;
        // Fails where the memory is gone already.
        kept.forEach(VideoFrame::close);
        kept.clear();
    }
}
