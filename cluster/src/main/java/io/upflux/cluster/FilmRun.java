package io.upflux.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.upflux.pipeline.StreamException;
import io.upflux.server.segment.JobHeader;
import io.upflux.server.segment.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/** The way of one film, seen from the driver: its missing segments as one job of Spark's, its join as another. */
final class FilmRun {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String POOL = "spark.scheduler.pool";

    private final JavaSparkContext spark;
    private final Broadcast<Order> order;
    private final OutputLock lock;
    private final LongAccumulator frames;

    /**
     * @param lock without which nothing that is there is replaced or taken away
     * @param frames counts those of finished segments
     */
    FilmRun(JavaSparkContext spark, Broadcast<Order> order, OutputLock lock, LongAccumulator frames) {
        this.spark = spark;
        this.order = order;
        this.lock = lock;
        this.frames = frames;
    }

    /** @throws StreamException when it cannot be begun */
    FilmOutcome run(FilmPlan plan) {
        boolean overwrite = order.value().encoding().overwrite();
        FilmFolder folder = new FilmFolder(plan.film().output(), order.value().configuration());
        lock.requireHeld();
        prepare(folder, plan, overwrite);
        Map<Integer, StoredSegment> finished = folder.finished(plan.segments().size());
        finished.values().forEach(segment -> frames.add(segment.result().frames()));
        int resumed = finished.size();
        try {
            List<Segment> missing = plan.segments().stream()
                    .filter(segment -> !finished.containsKey(segment.index()))
                    .toList();
            compute(plan, missing)
                    .forEach(segment -> finished.put(segment.result().segment(), segment));
            long count = finished.values().stream()
                    .mapToLong(segment -> segment.result().frames())
                    .sum();
            if (count == 0) {
                throw new StreamException(plan.film().output() + ": there was no frame to write");
            }
            long begun = System.nanoTime();
            Joined joined = join(plan, new ArrayList<>(finished.values()));
            lock.requireHeld();
            folder.publish(joined.file(), overwrite);
            return new FilmOutcome(
                    plan.film(),
                    FilmOutcome.State.DONE,
                    count,
                    plan.segments().size(),
                    resumed,
                    finished.values().stream()
                            .mapToDouble(StoredSegment::seconds)
                            .sum(),
                    (System.nanoTime() - begun) / 1e9,
                    warnings(finished.values(), joined),
                    null);
        } catch (Exception e) {
            // Spark's own are checked, though undeclared.
            lock.requireHeld();
            folder.removeIfEmpty(plan.segments().size());
            throw e;
        }
    }

    /** Each once, since all segments tell what is so with the whole film. */
    private static List<String> warnings(Collection<StoredSegment> segments, Joined joined) {
        Stream<String> computing = segments.stream().flatMap(segment -> segment.result().warnings().stream());
        return Stream.concat(computing, joined.warnings().stream()).distinct().toList();
    }

    private static void prepare(FilmFolder folder, FilmPlan plan, boolean overwrite) {
        JsonNode header;
        try {
            header = MAPPER.readTree(plan.header());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        List<String> differences = folder.header()
                .map(before -> JobHeader.differences(before, header))
                .orElse(List.of("there is none"));
        if (differences.isEmpty()) {
            return;
        }
        if (folder.header().isPresent() && !overwrite) {
            throw new StreamException(plan.film().output()
                    + ": cannot be resumed, since this is another job than the one begun: "
                    + String.join("; ", differences) + "; --overwrite starts anew");
        }
        folder.begin(plan.header());
    }

    private List<StoredSegment> compute(FilmPlan plan, List<Segment> missing) {
        if (missing.isEmpty()) {
            return List.of();
        }
        Broadcast<Order> all = order;
        LongAccumulator counted = frames;
        spark.setLocalProperty(POOL, "segments");
        return spark.parallelize(missing, missing.size())
                .map(segment -> {
                    StoredSegment stored = Slot.of(all.value()).compute(plan, segment);
                    counted.add(stored.result().frames());
                    return stored;
                })
                .collect();
    }

    /** In a pool of its own, so that it need not wait for the segments of other films. */
    private Joined join(FilmPlan plan, List<StoredSegment> segments) {
        Broadcast<Order> all = order;
        spark.setLocalProperty(POOL, "joins");
        return spark.parallelize(List.of(plan), 1)
                .map(film -> Slot.of(all.value()).join(film, segments))
                .collect()
                .get(0);
    }
}
