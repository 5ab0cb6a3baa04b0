package io.upflux.server.preview;

import io.upflux.frame.HaltingMap;
import io.upflux.frame.VideoFrame;
import io.upflux.pipeline.FrameWatcher;
import io.upflux.reuse.ReuseMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Pictures of one stream, over all its sessions, for those who ask. Thread-safe. */
public final class Previews {
    private final String stream;
    private final Set<Ask> asks = ConcurrentHashMap.newKeySet();
    private final AtomicLong frames = new AtomicLong();
    private volatile boolean closed;

    /** Somebody who waits; by identity. */
    private static final class Ask {
        private final PreviewWish wish;
        private final MonoSink<Preview> answer;

        Ask(PreviewWish wish, MonoSink<Preview> answer) {
            this.wish = wish;
            this.answer = answer;
        }
    }

    public Previews(String stream) {
        this.stream = stream;
    }

    /**
     * The next frame; empty when no more will come. Whoever asks again once it has arrived gets fewer frames the longer
     * that takes, and never an old one.
     */
    public Mono<Preview> next(PreviewWish wish) {
        return Mono.create(answer -> {
            Ask ask = new Ask(wish, answer);
            asks.add(ask);
            answer.onDispose(() -> asks.remove(ask));
            if (closed) {
                answer.success();
            }
        });
    }

    /** How many wait. */
    public int waiting() {
        return asks.size();
    }

    /**
     * Sees the frames of one session.
     *
     * @param age nanoseconds since the frame of a time stamp was due
     */
    public FrameWatcher watcher(LongUnaryOperator age) {
        return new Watcher(age);
    }

    /** No more frames will come. */
    public void close() {
        closed = true;
        asks.forEach(ask -> ask.answer.success());
    }

    private final class Watcher implements FrameWatcher {
        private final LongUnaryOperator age;
        private final Pictures pictures = new Pictures();
        private final Worker worker = new Worker("upflux-preview-" + stream);

        Watcher(LongUnaryOperator age) {
            this.age = age;
        }

        @Override
        public void seen(VideoFrame source, VideoFrame upscaled, ReuseMap reuse, @Nullable HaltingMap halting) {
            long number = frames.incrementAndGet();
            if (!asks.isEmpty()) {
                worker.offer(() -> Sighting.of(source, upscaled, reuse, halting, number), this::show);
            }
        }

        private void show(Sighting sighting) {
            Pictures.Sitting sitting = pictures.sitting(sighting);
            for (Ask ask : List.copyOf(asks)) {
                try {
                    List<PreviewPicture> made = sitting.of(ask.wish);
                    long pts = sighting.source().pts();
                    ask.answer.success(new Preview(
                            sighting.frame(),
                            pts,
                            sighting.source().format().timeBase(),
                            sighting.format().width(),
                            sighting.format().height(),
                            sighting.scale(),
                            age.applyAsLong(pts),
                            sighting.reuse().shares(),
                            made));
                } catch (RuntimeException e) {
                    ask.answer.error(e);
                }
            }
            pictures.keepFor(sitting);
        }

        @Override
        public void close() {
            worker.close();
            pictures.close();
        }
    }
}
