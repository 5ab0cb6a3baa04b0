package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.VideoFrame;
import io.upflux.reuse.Drift;
import io.upflux.reuse.FirstOrderUpdate;
import io.upflux.reuse.ReuseMap;
import io.upflux.reuse.WindowCopy;
import io.upflux.reuse.WindowGrid;
import io.upflux.reuse.WindowState;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the upscaled pictures of a stream are made from: the last computed pixels of every window and, where windows are
 * adapted, the source picture that each was computed from. Pictures are copied only when they change: frames that show
 * the same share memory. One thread.
 */
final class Composition implements AutoCloseable {
    private final NativeScope scope;
    private final @Nullable FirstOrderUpdate update;
    private @Nullable VideoFrame high;
    private @Nullable VideoFrame low;
    private final Drift drift;
    private final int scale;
    private final Map<Integer, int[]> probes = new LinkedHashMap<>();
    private boolean lent;

    /**
     * @param update null where no window is adapted
     * @param drift told what comes of foretelling
     */
    Composition(NativeScope scope, @Nullable FirstOrderUpdate update, Drift drift, int scale) {
        this.scope = scope;
        this.update = update;
        this.drift = drift;
        this.scale = scale;
    }

    /** Takes note of a picture that was computed whole; both stay their owners'. */
    void whole(VideoFrame source, VideoFrame result) {
        replace(source, result);
        if (update != null) {
            drift.composed(0, 0);
        }
    }

    /** As {@link #whole}, of one in the place of the picture that was noted or shown last. */
    void replace(VideoFrame source, VideoFrame result) {
        if (high != null) {
            high.close();
        }
        high = result.retain();
        lent = true;
        if (update != null) {
            if (low == null) {
                low = scope.frame(source.format(), VideoFrame.NO_PTS, 0);
            }
            source.copyTo(low);
        }
    }

    /** Foretells windows that are about to be computed, to compare afterwards. */
    void foretell(VideoFrame source, ReuseMap map, List<Integer> windows) {
        VideoFrame reference = low;
        if (update == null || reference == null) {
            return;
        }
        probes.clear();
        int columns = map.grid().columns();
        for (int window : windows) {
            int[] samples = new int[WindowGrid.WINDOW * WindowGrid.WINDOW * scale * scale];
            update.foretell(window % columns, window / columns, source, reference, last(), samples);
            probes.put(window, samples);
        }
    }

    /** The picture to write computed cells into; it stays here. */
    VideoFrame writable() {
        VideoFrame last = last();
        if (lent) {
            VideoFrame copy = scope.frame(last.format(), VideoFrame.NO_PTS, 0);
            last.copyTo(copy);
            last.close();
            high = copy;
            lent = false;
            return copy;
        }
        return last;
    }

    /** The upscaled picture of {@code source}, once all computed cells are written; the caller's. */
    VideoFrame show(VideoFrame source, ReuseMap map) {
        VideoFrame reference = low;
        if (update != null && reference != null) {
            double error = 0;
            int columns = map.grid().columns();
            for (Map.Entry<Integer, int[]> probe : probes.entrySet()) {
                int window = probe.getKey();
                error += update.error(window % columns, window / columns, last(), probe.getValue());
            }
            drift.composed(error, probes.size());
            probes.clear();
            WindowCopy.copy(source, windows(map, WindowState.COMPUTED), reference);
            BitSet updated = windows(map, WindowState.UPDATED);
            if (!updated.isEmpty()) {
                VideoFrame adapted = scope.frame(last().format(), source.pts(), source.duration());
                last().copyTo(adapted);
                updated.stream()
                        .forEach(
                                window -> update.apply(window % columns, window / columns, source, reference, adapted));
                return adapted;
            }
        }
        lent = true;
        return last().at(source.pts(), source.duration());
    }

    private static BitSet windows(ReuseMap map, WindowState state) {
        int columns = map.grid().columns();
        BitSet windows = new BitSet(map.grid().windows());
        for (int i = 0; i < map.grid().windows(); i++) {
            windows.set(i, map.state(i % columns, i / columns) == state);
        }
        return windows;
    }

    private VideoFrame last() {
        if (high == null) {
            throw new IllegalStateException("no picture was computed whole yet");
        }
        return high;
    }

    @Override
    public void close() {
        if (high != null) {
            high.close();
            high = null;
        }
        if (low != null) {
            low.close();
            low = null;
        }
    }
}
