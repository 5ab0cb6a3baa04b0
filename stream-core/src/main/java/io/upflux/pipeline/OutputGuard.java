package io.upflux.pipeline;

import io.upflux.buffer.NativeScope;
import io.upflux.frame.FrameFormat;
import io.upflux.frame.VideoFrame;
import io.upflux.tile.TilePlan;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Looks at some of the upscaled pictures of one resolver. What is spoilt is computed again, whole and from nothing but its
 * source; what is spoilt again is {@link Flaws}' to say. One thread.
 */
final class OutputGuard {
    /** Pictures of which one is looked at, and which are all looked at after a flaw. */
    private static final int SAMPLED = 64;

    private final Flaws flaws;
    private final SuperResolver resolver;
    private final FrameFormat from;
    private final FrameFormat to;
    private final NativeScope scope;
    private final FlawSearch search;
    private final OutputFrames resized;
    private int untilLook;
    private int suspicious;

    /** @param plan of pictures that are computed whole */
    OutputGuard(
            Flaws flaws, SuperResolver resolver, TilePlan plan, FrameFormat from, FrameFormat to, NativeScope scope) {
        this.flaws = flaws;
        this.resolver = resolver;
        this.from = from;
        this.to = to;
        this.scope = scope;
        this.search = new FlawSearch(from, to, plan);
        this.resized = new OutputFrames(scope, from, to, resolver.traits().scale(), true);
    }

    /**
     * The picture itself where nothing is found, or another one in its place.
     *
     * @param upscaled the caller's also afterwards
     * @param whole whether it was computed in the plan's tiles
     * @param known what is known to be wrong with it; null for nothing
     * @return the caller's where it is another one
     * @throws StreamException when it stays spoilt and shall not be resized
     */
    VideoFrame checked(VideoFrame source, VideoFrame upscaled, boolean whole, @Nullable String known) {
        String flaw = known;
        if (flaw == null && looks()) {
            flaw = search.flaw(source, upscaled, whole);
        }
        if (flaw == null) {
            return upscaled;
        }
        suspicious = SAMPLED;
        VideoFrame again = null;
        String second;
        try {
            again = computed(source);
            second = search.anyFlaw(source, again);
        } catch (StreamException e) {
            second = String.valueOf(e.getMessage());
        }
        if (again != null && second == null) {
            flaws.mended(line(source, flaw) + "; it was computed again");
            return again;
        }
        if (again != null) {
            again.close();
        }
        String line = line(source, flaw);
        if (!flaws.spoilt(line, source, upscaled)) {
            throw new StreamException(line + ", also when computed again; use another model, device or precision");
        }
        return resized.resized(source);
    }

    private boolean looks() {
        if (suspicious > 0) {
            suspicious--;
            return true;
        }
        if (untilLook-- > 0) {
            return false;
        }
        untilLook = SAMPLED - 1;
        return true;
    }

    /** By a chain of its own, on threads of its own, which keeps nothing of other pictures. */
    private VideoFrame computed(VideoFrame source) {
        Mono<VideoFrame> picture = Mono.fromCallable(() -> {
            try (FrameUpscaler once = new FrameUpscaler(resolver, from, to, scope)) {
                return once.apply(Flux.just(source.retain())).single().block();
            }
        });
        try {
            // Elastic threads may block, as closing that chain does.
            return picture.subscribeOn(Schedulers.boundedElastic()).toFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StreamException known ? known : e;
        }
    }

    private String line(VideoFrame source, String flaw) {
        return resolver.traits().name() + ": the picture at PTS " + source.pts() + " " + flaw;
    }
}
