package io.upflux.pipeline;

import io.upflux.pipeline.BatchPool.Kind;
import io.upflux.pipeline.FrameJob.TileTask;
import io.upflux.pipeline.SuperResolver.Place;
import io.upflux.pipeline.SuperResolver.Placed;
import io.upflux.pipeline.SuperResolver.Stroke;
import io.upflux.reuse.Origins;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * What is computed at a stroke: tiles of one frame or of several that follow each other, in batches.
 *
 * @param jobs in order; a frame of many tiles is in several, and is whole with the last of them
 * @param parts in whose tiles the frames have the same order
 */
record Work(List<FrameJob> jobs, List<Part> parts) {
    /** That all its frames take. */
    Route route() {
        return jobs.get(0).route();
    }

    /**
     * A batch to be filled.
     *
     * @param tasks its tiles; no more than it holds
     */
    record Part(Kind kind, List<TileTask> tasks) {}

    /** A batch with the network samples of some tiles. */
    record Filled(Kind kind, TileBatch batch, List<TileTask> tasks) {}

    /** Work whose batches are filled, in the same order. */
    record Ready(List<FrameJob> jobs, List<Filled> parts) {
        /** As the resolver takes it; due when the first of its frames is. */
        Stroke stroke(PictureContext context, PictureMemory memory) {
            long deadline = jobs.stream().mapToLong(FrameJob::deadline).min().orElse(Stroke.NO_DEADLINE);
            return new Stroke(placed(), origins(), context, memory, deadline);
        }

        /** The batches and where their tiles lie. */
        private List<Placed> placed() {
            Map<FrameJob, Integer> order = new IdentityHashMap<>();
            jobs.forEach(job -> order.put(job, order.size()));
            return parts.stream()
                    .map(part -> new Placed(
                            part.batch(),
                            part.tasks().stream()
                                    .map(task -> new Place(order.getOrDefault(task.job(), 0), task.tile()))
                                    .toList()))
                    .toList();
        }

        /** Of its frames, where they are asked for. */
        private List<Origins> origins() {
            return jobs.stream()
                    .map(job -> job.plan().origins())
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** That all its frames take. */
        Route route() {
            return jobs.get(0).route();
        }

        /** Of all its frames. */
        Mono<PictureContext> context() {
            return jobs.get(0).context();
        }
    }
}
